package main

import (
	"blockbox.invalid/sdk/go/blockbox"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// In a Cinder. A Backend of this host's LVM, with its thin pool, does as well.
		pool, err := blockbox.NewBackend(ctx, "pool", &blockbox.BackendArgs{
			Cinder: &blockbox.BackendCinderArgs{VolumeBackendName: pulumi.String("nfs")},
		})
		if err != nil {
			return err
		}
		data, err := blockbox.NewVolume(ctx, "data", &blockbox.VolumeArgs{Backend: pool.ID(), Size: pulumi.Int(1)})
		if err != nil {
			return err
		}

		before, err := blockbox.NewSnapshot(ctx, "before", &blockbox.SnapshotArgs{
			Volume:      data.ID(),
			Description: pulumi.String("Before the upgrade."),
		})
		if err != nil {
			return err
		}

		// To look at what was in it, or to go back to that.
		copied, err := blockbox.NewVolume(ctx, "copy", &blockbox.VolumeArgs{
			Backend:    pool.ID(),
			SnapshotId: before.ID(),
		})
		if err != nil {
			return err
		}

		ctx.Export("takenAt", before.CreatedAt)
		ctx.Export("copyVolume", copied.ID())
		return nil
	})
}
