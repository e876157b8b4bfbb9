#!/bin/sh
# Keystone, with its tables, its keys and its administrator: each start sees to these, and changes what is not so.
set -eu
PATH=/opt/keystone/bin:$PATH
export OS_KEYSTONE_CONFIG_FILES='/etc/keystone/keystone.conf;/run/block-box/keystone.conf'
manage() { keystone-manage --config-file /etc/keystone/keystone.conf --config-file /run/block-box/keystone.conf "$@"; }

mkdir -p -m 700 fernet-keys credential-keys
manage db_sync
manage fernet_setup --keystone-user keystone --keystone-group keystone
manage credential_setup --keystone-user keystone --keystone-group keystone
OS_BOOTSTRAP_PASSWORD=$(cat /run/block-box/admin.password) manage bootstrap --bootstrap-region-id RegionOne \
  --bootstrap-public-url http://127.0.0.1:5000/v3 --bootstrap-internal-url http://keystone:5000/v3

# Each process loads the application for itself, since database connections are not to be shared; and tells its callers
# that it keeps no connection open, which it does not.
exec uwsgi --plugin python3 --virtualenv /opt/keystone --module keystone.wsgi.api:application --need-app --lazy-apps \
  --http-socket 0.0.0.0:5000 --add-header 'Connection: close' --master --die-on-term --processes 2 --threads 4 \
  --buffer-size 65535 --disable-logging
