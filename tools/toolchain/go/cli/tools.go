//go:build tools

// Package tools names what is built here, so that go.mod and go.sum pin all of it. See tools/steps/pulumi.mjs.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
