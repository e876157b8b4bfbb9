"""Makes a MariaDB data folder that has Cinder's tables: seedCinder.py FOLDER. A rig starts from a copy of it."""
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
folder = os.path.abspath(sys.argv[1])
data, socket = os.path.join(folder, 'mysql'), os.path.join(folder, 'socket')
defaults = '--defaults-file=' + os.path.join(HERE, 'mariadb.cnf')

subprocess.run(['mariadb-install-db', defaults, f'--datadir={data}', '--user=root', '--skip-test-db',
                '--auth-root-authentication-method=normal'], check=True)
server = subprocess.Popen(['mariadbd', defaults, f'--datadir={data}', f'--socket={socket}'])
try:
    import pymysql
    from oslo_config import cfg

    from cinder import version
    from cinder.common import config  # noqa: F401 (registers the options)
    from cinder.db import migration

    end = time.monotonic() + 60
    while not os.path.exists(socket):
        if server.poll() is not None or time.monotonic() > end:
            sys.exit('mariadbd did not come up')
        time.sleep(0.05)
    with pymysql.connect(unix_socket=socket, user='root') as connection:
        connection.cursor().execute('create database cinder character set utf8mb3')
    cfg.CONF([], project='cinder', version=version.version_string(), default_config_files=[])
    cfg.CONF.set_override('connection', f'mysql+pymysql://root@localhost/cinder?unix_socket={socket}', 'database')
    migration.db_sync()
finally:
    server.terminate()
    server.wait(60)
