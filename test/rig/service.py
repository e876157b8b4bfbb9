"""One of Cinder's own services, as its program starts it: service.py api|scheduler|volume --config-file FILE ..."""
import inProcess  # noqa: F401 (first of all)

import importlib
import sys

name = sys.argv.pop(1)
# Services know what they are from the name of the program.
sys.argv[0] = f'cinder-{name}'
importlib.import_module(f'cinder.cmd.{name}').main()
