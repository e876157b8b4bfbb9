"""Makes a folder for Keystone with its tables, its keys and an administrator: seedKeystone.py FOLDER."""
import os
import subprocess
import sys

configuration = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'keystone.conf')
os.chdir(sys.argv[1])


def manage(*words):
    main = 'from keystone.cmd.manage import main; main()'
    subprocess.run([sys.executable, '-c', main, '--config-file', configuration, *words], check=True)


for keys in 'fernet-keys', 'credential-keys':
    os.mkdir(keys, 0o700)
manage('db_sync')
manage('fernet_setup', '--keystone-user', 'root', '--keystone-group', 'root')
manage('credential_setup', '--keystone-user', 'root', '--keystone-group', 'root')
manage('bootstrap', '--bootstrap-password', 'admin', '--bootstrap-region-id', 'RegionOne')
