#!/bin/sh
# Makes the passwords, and the files that hold them, each for one of the services: at the first start, and never again.
set -eu
umask 077
cd /run/block-box
[ ! -e made ] || exit 0

password() { head -c 24 /dev/urandom | base64 | tr '/+' '__'; }
database=$(password)
messages=$(password)

cat >database.sql <<EOF
CREATE DATABASE IF NOT EXISTS cinder CHARACTER SET utf8mb3;
CREATE USER IF NOT EXISTS cinder@'%';
ALTER USER cinder@'%' IDENTIFIED BY '$database';
GRANT ALL ON cinder.* TO cinder@'%';
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

# Last: a start that was killed before this begins anew.
chmod 755 .
touch made
