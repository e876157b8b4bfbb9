#!/bin/sh
# MariaDB; at the first start its folder is made, whole or not at all.
set -eu
cd /var/lib/mysql
if [ ! -d data ]; then
  rm -rf new
  mariadb-install-db --no-defaults --datadir="$PWD/new" --skip-test-db \
    --auth-root-authentication-method=socket --auth-root-socket-user=mysql >/dev/null
  mv new data
fi
exec mariadbd --defaults-file=/etc/block-box.cnf
