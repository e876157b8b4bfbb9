"""Ends a rig: undertaker.py FOLDER MARK.

Waits for its standard input to close, which happens when the rig's owner says so or dies in whatever way. Then it kills
every process that has MARK in its environment, unmounts what is mounted below FOLDER, and removes FOLDER.
"""
import os
import shutil
import signal
import subprocess
import sys
import time

folder, mark = os.path.realpath(sys.argv[1]), sys.argv[2].encode()

# Ctrl-C ends the owner; this one is needed after that.
for name in ('SIGINT', 'SIGTERM', 'SIGHUP'):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
while os.read(0, 4096):
    pass


def marked():
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/environ', 'rb') as file:
                if mark in file.read().split(b'\0'):
                    yield int(pid)
        except OSError:
            pass  # it has ended


end = time.monotonic() + 20
while time.monotonic() < end and (left := list(marked())):
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    time.sleep(0.05)

with open('/proc/self/mounts') as file:
    points = [line.split()[1] for line in file]
for point in reversed([point for point in points if point.startswith(folder + '/')]):
    subprocess.run(['umount', '--lazy', point], check=False)
shutil.rmtree(folder)
