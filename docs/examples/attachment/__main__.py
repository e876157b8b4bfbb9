import pulumi
import pulumi_blockbox as blockbox

# Of this host: formatted while it is blank, and mounted. With `size`, the mounted file system grows with its volume.
here = blockbox.Backend("here", lvm={"loop_file": {"size": 4, "sparse": True}})
data = blockbox.Volume("data", backend=here.id, size=1)
mounted = blockbox.Attachment(
    "data",
    volume=data.id,
    size=data.size,
    mount={"path": "/mnt/data", "options": ["noatime"]},
)

# Of a Cinder: exported to a host that attaches it by itself. Without `connector`, this host would.
there = blockbox.Backend("there", cinder={"volume_backend_name": "nfs"})
shared = blockbox.Volume("shared", backend=there.id, size=1)
exported = blockbox.Attachment(
    "shared",
    volume=shared.id,
    connector={"host_name": "other", "initiator": "iqn.2026-01.org.example:other"},
)

pulumi.export("device", mounted.device_path)
# A secret: `pulumi stack output connectionInfo --show-secrets`.
pulumi.export("connectionInfo", exported.connection_info)
