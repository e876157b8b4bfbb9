import pulumi
import pulumi_blockbox as blockbox

config = pulumi.Config()
size = config.get_int("sizeGib") or 1

# A volume group of this host, on a file behind a loop device.
pool = blockbox.Backend("pool", lvm={"loop_file": {"size": 8, "sparse": True}})

data = blockbox.Volume("data", backend=pool.id, size=size)
spare = blockbox.Volume("spare", backend=pool.id, size=1, description="For later.")

# Makes a file system on the blank volume and mounts it. With `size`, the mounted file system grows with its volume.
mounted = blockbox.Attachment(
    "data",
    volume=data.id,
    size=data.size,
    mount={"path": config.get("path") or "/mnt/blockbox-data"},
)

pulumi.export("device", mounted.device_path)
pulumi.export("mountPoint", mounted.mount_path)
pulumi.export("sizeGib", mounted.size)
pulumi.export("spareVolume", spare.id)
