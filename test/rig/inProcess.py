"""Imported first by the rig's programs: eventlet in place, and what needs root is run here.

The rig is root already. Without this every privileged call goes through a helper that sudo starts.
"""
try:
    from cinder import monkey_patch
    monkey_patch.patch()
except ImportError:  # 21.3.1 does it itself, in cinder.cmd
    import eventlet
    eventlet.monkey_patch()

from cinder import privsep  # noqa: E402
from os_brick import privileged as os_brick_privileged  # noqa: E402

for context in privsep.sys_admin_pctxt, os_brick_privileged.default:
    context.set_client_mode(False)
