package main

import (
	"blockbox.invalid/sdk/go/blockbox"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		size := settings.GetInt("sizeGib")
		if size == 0 {
			size = 1
		}
		path := settings.Get("path")
		if path == "" {
			path = "/mnt/blockbox-data"
		}

		// A volume group of this host, on a file behind a loop device.
		pool, err := blockbox.NewBackend(ctx, "pool", &blockbox.BackendArgs{
			Lvm: &blockbox.BackendLvmArgs{
				LoopFile: &blockbox.BackendLoopFileArgs{Size: pulumi.Int(8), Sparse: pulumi.Bool(true)},
			},
		})
		if err != nil {
			return err
		}

		data, err := blockbox.NewVolume(ctx, "data", &blockbox.VolumeArgs{Backend: pool.ID(), Size: pulumi.Int(size)})
		if err != nil {
			return err
		}
		spare, err := blockbox.NewVolume(ctx, "spare", &blockbox.VolumeArgs{
			Backend:     pool.ID(),
			Size:        pulumi.Int(1),
			Description: pulumi.String("For later."),
		})
		if err != nil {
			return err
		}

		// Makes a file system on the blank volume and mounts it. With Size, the mounted file system grows with its volume.
		mounted, err := blockbox.NewAttachment(ctx, "data", &blockbox.AttachmentArgs{
			Volume: data.ID(),
			Size:   data.Size,
			Mount:  &blockbox.AttachmentMountArgs{Path: pulumi.String(path)},
		})
		if err != nil {
			return err
		}

		ctx.Export("device", mounted.DevicePath)
		ctx.Export("mountPoint", mounted.MountPath)
		ctx.Export("sizeGib", mounted.Size)
		ctx.Export("spareVolume", spare.ID())
		return nil
	})
}
