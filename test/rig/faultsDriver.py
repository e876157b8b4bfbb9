"""A volume driver that keeps each volume as a sparse file and fails where a name asks for it.

How a volume or snapshot behaves is in its name, as words between dashes, or in its metadata under "fault" (which can be
changed later, where a name can be too). Several words may stand together: "data-failextend-slowdelete-5".

  volume    failcreate        creating fails: error
            failextend        growing fails: error_extending
            faildelete        deleting fails: error_deleting
            busydelete        the volume is busy when it shall be deleted: available again
            failattach        initialize_connection fails (HTTP 500; the attachment's row stays reserved)
            faildetach        terminate_connection fails
            failretype        the driver cannot: the old type stays, no message
            slowcreate-N, slowdelete-N, slowextend-N, slowattach-N, slowretype-N    takes N seconds more
  snapshot  failsnapcreate    creating fails: error
            failsnapdelete    deleting fails: error_deleting
            busysnapdelete    busy: available again
            slowsnapcreate-N, slowsnapdelete-N
  connector host "badhost"    initialize_connection fails

Everything else works: retype is done at once, volumes are multiattach, connections look like iSCSI with CHAP, files in
the folder can be managed.
"""
import os
import re
import time

from oslo_config import cfg

from cinder import exception, interface
from cinder.volume import driver

GIB = 2 ** 30


def folder():
    path = os.path.join(cfg.CONF.state_path, 'faults')
    os.makedirs(path, exist_ok=True)
    return path


def path_of(name):
    return os.path.join(folder(), name)


def grow(name, gib):
    with open(path_of(name), 'ab') as file:
        file.truncate(gib * GIB)


def remove(name):
    if os.path.exists(path_of(name)):
        os.unlink(path_of(name))


def source_of(reference):
    name = reference.get('source-name')
    if not name or '/' in name or not os.path.exists(path_of(name)):
        raise exception.ManageExistingInvalidReference(existing_ref=reference, reason='does not exist')
    return name


def meet(thing, verb):
    """Takes as long and fails as the name or metadata of a volume or snapshot says for this verb."""
    words = f"{thing.display_name or ''}-{(thing.metadata or {}).get('fault', '')}"
    words = f'-{words}-'
    if slow := re.search(rf'-slow{verb}-(\d+)-', words):
        time.sleep(int(slow[1]))
    if f'-busy{verb}-' in words:
        if verb == 'snapdelete':
            raise exception.SnapshotIsBusy(snapshot_name=thing.name)
        raise exception.VolumeIsBusy(volume_name=thing.name)
    if f'-fail{verb}-' in words:
        raise exception.VolumeBackendAPIException(data=f'faults: {verb} failed as asked')


@interface.volumedriver
class FaultsDriver(driver.VolumeDriver):
    VERSION = '1.0'
    CI_WIKI_NAME = 'none'

    def do_setup(self, context):
        pass

    def check_for_setup_error(self):
        pass

    def get_volume_stats(self, refresh=False):
        pool = {
            'pool_name': 'faults', 'total_capacity_gb': 100.0, 'free_capacity_gb': 50.0, 'reserved_percentage': 0,
            'provisioned_capacity_gb': 10.0, 'allocated_capacity_gb': 0, 'max_over_subscription_ratio': '20.0',
            'thin_provisioning_support': True, 'thick_provisioning_support': False, 'multiattach': True,
            'QoS_support': False}
        return {
            'volume_backend_name': self.configuration.safe_get('volume_backend_name'), 'vendor_name': 'pulumi-blockbox',
            'driver_version': self.VERSION, 'storage_protocol': 'iSCSI', 'pools': [pool]}

    def create_volume(self, volume):
        meet(volume, 'create')
        grow(volume.name, volume.size)

    def create_volume_from_snapshot(self, volume, snapshot):
        self.create_volume(volume)

    def create_cloned_volume(self, volume, src_vref):
        self.create_volume(volume)

    def delete_volume(self, volume):
        meet(volume, 'delete')
        remove(volume.name)

    def extend_volume(self, volume, new_size):
        meet(volume, 'extend')
        grow(volume.name, new_size)

    def retype(self, ctxt, volume, new_type, diff, host):
        meet(volume, 'retype')
        return True, None

    def create_snapshot(self, snapshot):
        meet(snapshot, 'snapcreate')
        grow(snapshot.name, snapshot.volume_size)

    def delete_snapshot(self, snapshot):
        meet(snapshot, 'snapdelete')
        remove(snapshot.name)

    def ensure_export(self, context, volume):
        pass

    def create_export(self, context, volume, connector):
        pass

    def remove_export(self, context, volume):
        pass

    def initialize_connection(self, volume, connector):
        meet(volume, 'attach')
        if connector.get('host') == 'badhost':
            raise exception.VolumeBackendAPIException(data='faults: this host is refused')
        return {'driver_volume_type': 'iscsi', 'data': {
            'target_discovered': False, 'target_iqn': f'iqn.2010-10.org.openstack:volume-{volume.id}',
            'target_portal': '127.0.0.1:3260', 'target_lun': 0, 'volume_id': volume.id, 'discard': False,
            'auth_method': 'CHAP', 'auth_username': 'u' * 20, 'auth_password': 'p' * 16}}

    def terminate_connection(self, volume, connector, **kwargs):
        meet(volume, 'detach')

    def manage_existing(self, volume, existing_ref):
        os.rename(path_of(source_of(existing_ref)), path_of(volume.name))

    def manage_existing_get_size(self, volume, existing_ref):
        return max(1, os.path.getsize(path_of(source_of(existing_ref))) // GIB)

    def get_manageable_volumes(self, cinder_volumes, marker, limit, offset, sort_keys, sort_dirs):
        managed = {volume['name']: volume['id'] for volume in cinder_volumes}
        return [{
            'reference': {'source-name': name}, 'size': os.path.getsize(path_of(name)) // GIB,
            'cinder_id': managed.get(name), 'safe_to_manage': name not in managed,
            'reason_not_safe': 'already managed' if name in managed else None, 'extra_info': None,
        } for name in sorted(os.listdir(folder()))]

    def unmanage(self, volume):
        pass
