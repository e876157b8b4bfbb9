package main

import (
	"blockbox.invalid/sdk/go/blockbox"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A volume group of this host, on a file behind a loop device that grows up to 8 GiB.
		here, err := blockbox.NewBackend(ctx, "here", &blockbox.BackendArgs{
			Lvm: &blockbox.BackendLvmArgs{
				LoopFile: &blockbox.BackendLoopFileArgs{Size: pulumi.Int(8), Sparse: pulumi.Bool(true)},
			},
		})
		if err != nil {
			return err
		}

		// A volume type of a Cinder, for the backend that has this `volume_backend_name` in its cinder.conf.
		there, err := blockbox.NewBackend(ctx, "there", &blockbox.BackendArgs{
			Cinder: &blockbox.BackendCinderArgs{
				VolumeBackendName: pulumi.String("nfs"),
				Description:       pulumi.String("Slow and large."),
				ExtraSpecs:        pulumi.StringMap{"tier": pulumi.String("bronze")},
			},
		})
		if err != nil {
			return err
		}

		ctx.Export("hereGib", here.TotalGib)
		ctx.Export("thereType", there.VolumeType)
		return nil
	})
}
