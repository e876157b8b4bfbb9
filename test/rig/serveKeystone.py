"""Keystone's own WSGI application on 127.0.0.1: serveKeystone.py PORT, in its folder.

OS_KEYSTONE_CONFIG_FILES names its configuration, as for any WSGI server.
"""
import sys

from keystone.server import wsgi
from werkzeug.serving import run_simple

# Keystone would take our argument for its own.
port = int(sys.argv.pop())
run_simple('127.0.0.1', port, wsgi.initialize_public_application(), threaded=True)
