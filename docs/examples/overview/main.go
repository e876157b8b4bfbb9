package main

import (
	"blockbox.invalid/sdk/go/blockbox"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A volume group of this host, on a file behind a loop device.
		pool, err := blockbox.NewBackend(ctx, "pool", &blockbox.BackendArgs{
			Lvm: &blockbox.BackendLvmArgs{
				LoopFile: &blockbox.BackendLoopFileArgs{Size: pulumi.Int(10), Sparse: pulumi.Bool(true)},
			},
		})
		if err != nil {
			return err
		}
		data, err := blockbox.NewVolume(ctx, "data", &blockbox.VolumeArgs{Backend: pool.ID(), Size: pulumi.Int(2)})
		if err != nil {
			return err
		}
		mounted, err := blockbox.NewAttachment(ctx, "data", &blockbox.AttachmentArgs{
			Volume: data.ID(),
			Size:   data.Size,
			Mount:  &blockbox.AttachmentMountArgs{Path: pulumi.String("/mnt/data")},
		})
		if err != nil {
			return err
		}

		ctx.Export("device", mounted.DevicePath)
		return nil
	})
}
