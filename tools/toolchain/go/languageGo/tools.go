//go:build tools

// Package tools names what is built here, so that go.mod and go.sum pin all of it. A module of its own, because
// the Go language host is inside old sdk modules only, older than those that have the Node and Python ones.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"
