// A Pulumi provider for standalone block storage: volumes, snapshots and attachments in a Cinder, or on one host's LVM.
package blockbox
