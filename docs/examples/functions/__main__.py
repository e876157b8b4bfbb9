import pulumi
import pulumi_blockbox as blockbox

pool = blockbox.Backend("pool", lvm={"loop_file": {"size": 4, "sparse": True}})
data = blockbox.Volume("data", backend=pool.id, size=1)

# As it is now; asked once the volume is there.
now = blockbox.get_volume_output(id=data.id)

pulumi.export("status", now.status)
groups = blockbox.get_backends().volume_groups or []
pulumi.export("freeGib", {group.name: group.free_gib for group in groups})
