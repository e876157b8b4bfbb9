//go:build tools

// Package tools names what is built here, so that go.mod and go.sum pin all of it. A module of its own, because
// the Node language host is inside old sdk modules only.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
