package main

import (
	"blockbox.invalid/sdk/go/blockbox"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Of this host: formatted while it is blank, and mounted. With Size, the mounted file system grows with its volume.
		here, err := blockbox.NewBackend(ctx, "here", &blockbox.BackendArgs{
			Lvm: &blockbox.BackendLvmArgs{
				LoopFile: &blockbox.BackendLoopFileArgs{Size: pulumi.Int(4), Sparse: pulumi.Bool(true)},
			},
		})
		if err != nil {
			return err
		}
		data, err := blockbox.NewVolume(ctx, "data", &blockbox.VolumeArgs{Backend: here.ID(), Size: pulumi.Int(1)})
		if err != nil {
			return err
		}
		mounted, err := blockbox.NewAttachment(ctx, "data", &blockbox.AttachmentArgs{
			Volume: data.ID(),
			Size:   data.Size,
			Mount: &blockbox.AttachmentMountArgs{
				Path:    pulumi.String("/mnt/data"),
				Options: pulumi.StringArray{pulumi.String("noatime")},
			},
		})
		if err != nil {
			return err
		}

		// Of a Cinder: exported to a host that attaches it by itself. Without Connector, this host would.
		there, err := blockbox.NewBackend(ctx, "there", &blockbox.BackendArgs{
			Cinder: &blockbox.BackendCinderArgs{VolumeBackendName: pulumi.String("nfs")},
		})
		if err != nil {
			return err
		}
		shared, err := blockbox.NewVolume(ctx, "shared", &blockbox.VolumeArgs{Backend: there.ID(), Size: pulumi.Int(1)})
		if err != nil {
			return err
		}
		exported, err := blockbox.NewAttachment(ctx, "shared", &blockbox.AttachmentArgs{
			Volume: shared.ID(),
			Connector: &blockbox.AttachmentConnectorArgs{
				HostName:  pulumi.String("other"),
				Initiator: pulumi.String("iqn.2026-01.org.example:other"),
			},
		})
		if err != nil {
			return err
		}

		ctx.Export("device", mounted.DevicePath)
		// A secret: `pulumi stack output connectionInfo --show-secrets`.
		ctx.Export("connectionInfo", exported.ConnectionInfo)
		return nil
	})
}
