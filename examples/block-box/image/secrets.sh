#!/bin/sh
# Makes the passwords, and the files that hold them, each for one of the services: at the first start, and never again.
set -eu
umask 077
cd /run/block-box
[ ! -e made ] || exit 0

password() { head -c 24 /dev/urandom | base64 | tr '/+' '__'; }
database=$(password)
messages=$(password)
admin=$(password)
service=$(password)

cat >database.sql <<EOF
CREATE DATABASE IF NOT EXISTS cinder CHARACTER SET utf8mb3;
CREATE USER IF NOT EXISTS cinder@'%';
ALTER USER cinder@'%' IDENTIFIED BY '$database';
GRANT ALL ON cinder.* TO cinder@'%';
CREATE DATABASE IF NOT EXISTS keystone CHARACTER SET utf8mb3;
CREATE USER IF NOT EXISTS keystone@'%';
ALTER USER keystone@'%' IDENTIFIED BY '$database';
GRANT ALL ON keystone.* TO keystone@'%';
EOF
chown mysql database.sql

cat >messages.conf <<EOF
default_user = cinder
default_pass = $messages
loopback_users = none
EOF
chown rabbitmq messages.conf

cat >cinder.conf <<EOF
[DEFAULT]
transport_url = rabbit://cinder:$messages@messages:5672/

[database]
connection = mysql+pymysql://cinder:$database@database:3306/cinder
EOF
chown cinder cinder.conf

# For compose.keystone.yml: Keystone's own, its administrator's, and what Cinder asks it with.
cat >keystone.conf <<EOF
[database]
connection = mysql+pymysql://keystone:$database@database:3306/keystone
EOF
printf %s "$admin" >admin.password
printf %s "$service" >service.password
chown keystone keystone.conf admin.password service.password

cat >authentication.conf <<EOF
[DEFAULT]
auth_strategy = keystone

[keystone_authtoken]
auth_type = password
auth_url = http://keystone:5000/v3
www_authenticate_uri = http://127.0.0.1:5000/v3
interface = internal
username = cinder
password = $service
project_name = service
user_domain_id = default
project_domain_id = default
service_token_roles_required = true
service_token_roles = admin
EOF
chown cinder authentication.conf

# Last: a start that was killed before this begins anew.
chmod 755 .
touch made
