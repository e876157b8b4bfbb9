import pulumi
import pulumi_blockbox as blockbox

# A volume group of this host, on a file behind a loop device.
pool = blockbox.Backend("pool", lvm={"loop_file": {"size": 10, "sparse": True}})
data = blockbox.Volume("data", backend=pool.id, size=2)
mounted = blockbox.Attachment("data", volume=data.id, size=data.size, mount={"path": "/mnt/data"})

pulumi.export("device", mounted.device_path)
