package main

import (
	"blockbox.invalid/sdk/go/blockbox"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		pool, err := blockbox.NewBackend(ctx, "pool", &blockbox.BackendArgs{
			Cinder: &blockbox.BackendCinderArgs{VolumeBackendName: pulumi.String("nfs")},
		})
		if err != nil {
			return err
		}

		// A larger size makes it grow, while it is attached too.
		data, err := blockbox.NewVolume(ctx, "data", &blockbox.VolumeArgs{
			Backend:     pool.ID(),
			Size:        pulumi.Int(1),
			Description: pulumi.String("Of the database."),
			Metadata:    pulumi.StringMap{"tier": pulumi.String("gold")},
		})
		if err != nil {
			return err
		}

		// Begins with what the other has in it, and is as large. On this host's LVM that takes a kernel with device-mapper.
		copied, err := blockbox.NewVolume(ctx, "copy", &blockbox.VolumeArgs{
			Backend:        pool.ID(),
			SourceVolumeId: data.ID(),
		})
		if err != nil {
			return err
		}

		ctx.Export("dataVolume", data.ID())
		ctx.Export("copySize", copied.Size)
		return nil
	})
}
