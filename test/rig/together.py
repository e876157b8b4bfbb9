"""Cinder's API, scheduler and volume services in one process, on oslo.messaging's in-process transport.

The same service objects that cinder-api, cinder-scheduler and cinder-volume start; no RabbitMQ, and one import of
Cinder instead of three. Usage: together.py --config-file FILE ...
"""
import inProcess  # noqa: F401 (first of all)

import logging as python_logging
import shlex
import sys

import os_brick
from oslo_log import log as logging
from oslo_messaging._drivers import impl_fake
from oslo_privsep import priv_context
from oslo_serialization import jsonutils
from oslo_service import service as oslo_service

from cinder import coordination, objects, rpc, service, utils, version
from cinder.cmd import volume as cmd_volume
from cinder.common import config, constants

# Replies go through JSON, as over a real transport: the API expects plain dictionaries.
_reply = impl_fake.FakeIncomingMessage.reply
impl_fake.FakeIncomingMessage.reply = lambda self, reply=None, failure=None: _reply(
    self, jsonutils.loads(jsonutils.dumps(reply)), failure)

# A service's row is known by an attribute of its class, as if each had a process: without this all beat for the last one.
_report_state = service.Service.report_state


def report_state(self):
    service.Service.service_id = self.origin_service_id
    _report_state(self)


service.Service.report_state = report_state

CONF = config.CONF
objects.register_all()
CONF(sys.argv[1:], project='cinder', version=version.version_string())
config.set_middleware_defaults()
logging.setup(CONF, 'cinder')
python_logging.captureWarnings(True)
utils.monkey_patch()
priv_context.init(root_helper=shlex.split(utils.get_root_helper()))
if hasattr(os_brick, 'setup'):  # not in 21.3.1's
    os_brick.setup(CONF)
coordination.COORDINATOR.start()
rpc.init(CONF)

launcher = oslo_service.ServiceLauncher(CONF)
launcher.launch_service(service.Service.create(binary=constants.SCHEDULER_BINARY))
for backend in CONF.enabled_backends:
    CONF.register_opt(cmd_volume.host_opt, group=backend)
    launcher.launch_service(service.Service.create(
        host=f'{CONF.host}@{backend}', service_name=backend, binary=constants.VOLUME_BINARY, coordination=True))
launcher.launch_service(service.WSGIService('osapi_volume'))
launcher.wait()
