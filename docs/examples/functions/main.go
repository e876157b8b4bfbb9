package main

import (
	"blockbox.invalid/sdk/go/blockbox"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		pool, err := blockbox.NewBackend(ctx, "pool", &blockbox.BackendArgs{
			Lvm: &blockbox.BackendLvmArgs{
				LoopFile: &blockbox.BackendLoopFileArgs{Size: pulumi.Int(4), Sparse: pulumi.Bool(true)},
			},
		})
		if err != nil {
			return err
		}
		data, err := blockbox.NewVolume(ctx, "data", &blockbox.VolumeArgs{Backend: pool.ID(), Size: pulumi.Int(1)})
		if err != nil {
			return err
		}

		// As it is now; asked once the volume is there.
		now := blockbox.LookupVolumeOutput(ctx, blockbox.LookupVolumeOutputArgs{Id: data.ID()})

		backends, err := blockbox.GetBackends(ctx, &blockbox.GetBackendsArgs{})
		if err != nil {
			return err
		}
		free := pulumi.IntMap{}
		for _, group := range backends.VolumeGroups {
			free[group.Name] = pulumi.Int(group.FreeGib)
		}

		ctx.Export("status", now.Status())
		ctx.Export("freeGib", free)
		return nil
	})
}
