import pulumi
import pulumi_blockbox as blockbox

pool = blockbox.Backend("pool", cinder={"volume_backend_name": "nfs"})

# A larger size makes it grow, while it is attached too.
data = blockbox.Volume(
    "data",
    backend=pool.id,
    size=1,
    description="Of the database.",
    metadata={"tier": "gold"},
)

# Begins with what the other has in it, and is as large. On this host's LVM that takes a kernel with device-mapper.
copy = blockbox.Volume("copy", backend=pool.id, source_volume_id=data.id)

pulumi.export("dataVolume", data.id)
pulumi.export("copySize", copy.size)
