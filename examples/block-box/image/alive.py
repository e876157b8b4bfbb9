#!/opt/cinder/bin/python
"""alive BINARY HOST: whether a service of Cinder has reported in the last half minute, by what the database says."""
import configparser
import sys
from urllib.parse import urlsplit

import pymysql

configuration = configparser.ConfigParser(interpolation=None)
configuration.read('/run/block-box/cinder.conf')
url = urlsplit(configuration['database']['connection'])
with pymysql.connect(host=url.hostname, port=url.port, user=url.username, password=url.password,
                     database=url.path.strip('/'), connect_timeout=5) as connection:
    cursor = connection.cursor()
    cursor.execute('SELECT 1 FROM services WHERE NOT deleted AND `binary` = %s AND host = %s'
                   ' AND updated_at > UTC_TIMESTAMP() - INTERVAL 30 SECOND', sys.argv[1:])
    sys.exit(cursor.fetchone() is None)
