# Cloister. `make help` lists what there is; docs/development.md tells more.
#
# CLUSTER=lab      a cluster on this machine, made by lab/ (the default)
# CLUSTER=k3s      Java tests that need no node start a K3s container by themselves (the default where Docker answers)
# CLUSTER=current  the cluster of your present kubeconfig, and nothing of the lab

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export CLUSTER

# JUnit tags: cluster needs an API server, node a cluster that runs pods, bench measures.
TAGGED = -pl operator -am -Dsurefire.failIfNoSpecifiedTests=false
RESULTS = target/results

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: cluster-java cluster-node
cluster-java cluster-node: cluster-%:
	@echo "Cluster: $$(.ci/cluster name $*)"

# --- Try it

.PHONY: demo
demo: cluster-node ## A project and a desktop on a cluster, from nothing; repeat it to put things back
	@samples/demo.sh up

.PHONY: demo-info
demo-info: ## Addresses and sign-ins of the running demo, as JSON (make -s demo-info)
	@samples/demo.sh info

.PHONY: demo-down
demo-down: ## Remove the demo
	@samples/demo.sh down

# --- Test it

.PHONY: test
test: cluster-java ## All tests: unit, chart-test, cluster-test, e2e
	@rm -rf $(RESULTS)
	@status=0; $(MAKE) -k unit chart-test cluster-test e2e || status=$$?; .ci/count $(RESULTS) || status=1; exit $$status

.PHONY: unit
unit: ## What needs no cluster
	.ci/maven-tests unit
	.ci/go-tests lab ./...
	.ci/go-tests images/probe ./...

.PHONY: chart-test
chart-test: cluster-java ## Charts and samples, against an API server
	@.ci/setup charts && mkdir -p $(RESULTS)
	.ci/cluster with api charts/test.py 2>&1 | tee $(RESULTS)/charts.txt

.PHONY: cluster-test
cluster-test: cluster-java ## The operator against a real API server
	.ci/cluster with java .ci/maven-tests cluster $(TAGGED) -Dtest.groups=cluster -Dtest.excludedGroups=node,bench

.PHONY: e2e e2e-java e2e-lab e2e-desktop
e2e: cluster-node ## The whole, on a cluster that runs pods
	.ci/setup demo e2e
	.ci/cluster with node .ci/installed $(MAKE) -k e2e-java $(if $(filter current,$(CLUSTER)),,e2e-lab e2e-desktop)

e2e-java:
	.ci/maven-tests node $(TAGGED) -Dtest.groups=node -Dtest.excludedGroups=bench

e2e-lab:
	.ci/go-tests lab -tags node -count=1 ./test

e2e-desktop:
	mkdir -p $(RESULTS)
	images/desktop/test.sh --lab | tee $(RESULTS)/desktop.txt

.PHONY: bench
bench: cluster-node ## Measure; ONLY=name for one of them
	.ci/bench $(ONLY)

.PHONY: lint
lint: ## Formatting, warnings, shell, Go, charts
	.ci/mvn -Dorg.slf4j.simpleLogger.defaultLogLevel=warn spotless:check sortpom:verify test-compile
	.ci/lint

# --- Build it

.PHONY: format
format: ## Put Java and POMs into the one format
	.ci/mvn -q spotless:apply sortpom:sort

.PHONY: crds
crds: ## Write crds/yaml from the Java types
	.ci/mvn -q -pl crds test -Dcrds.write=true

.PHONY: images
images: ## Container images, as archives in .lab/images
	.ci/mvn -q -pl operator -am -DskipTests package
	JAVA_HOME=$$(.ci/jdk) images/build.sh

# --- The lab: Kubernetes on this machine

.PHONY: lab-up
lab-up: ## Start a cluster with one node (the first time about ten minutes)
	@.ci/setup go
	@lab/build.sh
	@.lab/bin/lab up

.PHONY: lab-down
lab-down: ## Remove that cluster with all its state, and the control plane of the tests
	@[ ! -x .lab/bin/lab ] || { .lab/bin/lab down && .lab/bin/lab cp-down; }

.PHONY: lab-conformance
lab-conformance: ## How well the lab enforces NetworkPolicy (not there yet)
	@echo "make lab-conformance comes with the next issue." >&2; exit 1
