import pulumi
import pulumi_blockbox as blockbox

# A volume group of this host, on a file behind a loop device that grows up to 8 GiB.
here = blockbox.Backend("here", lvm={"loop_file": {"size": 8, "sparse": True}})

# A volume type of a Cinder, for the backend that has this `volume_backend_name` in its cinder.conf.
there = blockbox.Backend(
    "there",
    cinder={
        "volume_backend_name": "nfs",
        "description": "Slow and large.",
        "extra_specs": {"tier": "bronze"},
    },
)

pulumi.export("hereGib", here.total_gib)
pulumi.export("thereType", there.volume_type)
