#!/bin/bash
# PID 1 of the guest (see boot.mjs). It starts on the host's own root, read only, and goes on in an overlay of it, so
# that nothing it writes is kept but what goes to a disk or into /out.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
modules=/usr/lib/uml/modules/$(uname -r)
if [ "${1:-}" != inside ]; then
	mount -t proc proc /proc
	insmod "$modules/kernel/fs/overlayfs/overlay.ko"
	mount -t tmpfs -o size=90% guest /mnt && mkdir /mnt/{upper,work,root}
	mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
	# PID 1 itself must be inside: otherwise udevadm takes it for a chroot and does nothing.
	cd /mnt/root && exec chroot . /bin/bash "$0" inside
fi

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs -o size=90%,mode=755 run /run
ln -s /proc/self/fd /dev/fd
mkdir -p /dev/pts /dev/shm /out /run/lock /run/lvm
mkdir -m 1777 "$TMPDIR"
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t hostfs -o "$GUEST_OUT" out /out
mkdir -p /lib/modules && ln -sfn "$modules" "/lib/modules/$(uname -r)"
# Of its own, for what is done on the host meanwhile would show through the overlay.
mkdir -p /run/own /var/lib/blockbox && cp -a /etc/lvm /run/own/lvm
mount /dev/ubdp /var/lib/blockbox && rmdir /var/lib/blockbox/lost+found
mount --bind /run/own/lvm /etc/lvm
hostname guest
echo '127.0.0.1 localhost guest' >/etc/hosts
ip link set lo up
if [ -n "${GUEST_ADDRESS:-}" ]; then
	ip address add "$GUEST_ADDRESS" dev vec0
	ip link set vec0 up
fi
ulimit -n 65536
# What is written to /out is on the host 2 s later, also if the guest then hangs.
echo 100 >/proc/sys/vm/dirty_writeback_centisecs
echo 100 >/proc/sys/vm/dirty_expire_centisecs
cp "${0%/*}/lvmlocal.conf" /etc/lvm/lvmlocal.conf
modprobe -a loop dm_mod dm_thin_pool dm_snapshot
/usr/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add && udevadm settle --timeout=20

# The terminal leads to whoever booted us. A pipe before it, so that no program takes itself to be at a terminal.
stty -F /dev/tty1 -opost
mapfile -d '' variables </out/environment
mapfile -d '' words </out/command
exec 8> >(exec cat >/dev/tty1)
reader=$!
cd "$(</out/folder)"
env -i "${variables[@]}" "${words[@]}" >&8 2>&8 </dev/null 8>&-
code=$?
exec 8>&-
# What the command left running may hold the pipe open: a second for the rest of its words.
for _ in {1..20}; do kill -0 "$reader" 2>/dev/null || break; sleep 0.05; done
echo "$code" >/out/code
# Disks are whole after this, as after an orderly shutdown; what is mounted goes with the guest.
sync
echo o >/proc/sysrq-trigger
sleep 10
