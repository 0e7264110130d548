# Cloister. `make help` lists what there is; docs/development.md tells more.
#
# CLUSTER=lab      a cluster on this machine, made by lab/ (the default)
# CLUSTER=k3s      tests that need no node start a K3s container by themselves (the default where Docker answers)
# CLUSTER=current  the cluster of your present kubeconfig, and nothing of the lab

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export CLUSTER

# Tests by JUnit tag: cluster needs an API server, node a cluster that runs pods, bench measures.
TAGGED = -pl operator -am -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: cluster-name
cluster-name:
	@echo "Cluster: $$(.ci/cluster name)"

## Build

.PHONY: crds
crds: ## Write crds/yaml from the Java types
	.ci/mvn -q -pl crds test -Dcrds.write=true

## Test

.PHONY: unit
unit: ## Test what needs no cluster
	.ci/maven-tests unit
	.ci/go-tests lab
	.ci/go-tests images/probe

.PHONY: cluster-test
cluster-test: cluster-name ## Test against a real API server
	.ci/cluster with control-plane .ci/maven-tests cluster $(TAGGED) \
	  -Dtest.groups=cluster -Dtest.excludedGroups=node,bench

.PHONY: lint
lint: ## Check formatting, warnings, shell, Go and charts
	.ci/mvn -q spotless:check sortpom:verify test-compile
	.ci/lint

.PHONY: format
format: ## Put Java and POMs into the one format
	.ci/mvn -q spotless:apply sortpom:sort
