#!/opt/keystone/bin/python
"""What Keystone is to know for Cinder: its own user, and where it is. What is there stays."""
from keystoneauth1.adapter import Adapter
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

URL = 'http://keystone:5000/v3'


def password(name):
    with open(f'/run/block-box/{name}.password') as file:
        return file.read()


admin = v3.Password(auth_url=URL, username='admin', password=password('admin'), project_name='admin',
                    user_domain_id='default', project_domain_id='default')
keystone = Adapter(Session(admin), endpoint_override=URL)


def found(kind, **wanted):
    return keystone.get(f'/{kind}s', params=wanted).json()[f'{kind}s']


def made(kind, more=None, **wanted):
    """The id of the one that is as wanted; made with `more` where there is none."""
    one = next(iter(found(kind, **wanted)), None)
    return (one or keystone.post(f'/{kind}s', json={kind: {**wanted, **(more or {})}}).json()[kind])['id']


project = made('project', name='service', domain_id='default')
user = made('user', {'password': password('service')}, name='cinder', domain_id='default')
role = found('role', name='admin')[0]['id']
keystone.put(f'/projects/{project}/users/{user}/roles/{role}')
service = made('service', name='cinder', type='block-storage')
made('endpoint', {'url': 'http://127.0.0.1:8776/v3'}, service_id=service, interface='public', region_id='RegionOne')
