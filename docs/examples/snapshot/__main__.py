import pulumi
import pulumi_blockbox as blockbox

# In a Cinder. A Backend of this host's LVM, with its thin pool, does as well.
pool = blockbox.Backend("pool", cinder={"volume_backend_name": "nfs"})
data = blockbox.Volume("data", backend=pool.id, size=1)

before = blockbox.Snapshot("before", volume=data.id, description="Before the upgrade.")

# To look at what was in it, or to go back to that.
copy = blockbox.Volume("copy", backend=pool.id, snapshot_id=before.id)

pulumi.export("takenAt", before.created_at)
pulumi.export("copyVolume", copy.id)
