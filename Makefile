# Everything runs through these targets; each does its own set-up.
LABELS  ?= !control
VERSION ?= 5.1.0
SEED    ?= 0
export RMQPROOF_INSTALL IMAGES

keep = $(if $(filter 1 true yes,$(KEEP)),--keep)

.PHONY: test e2e control up down doctor bench lint
.DEFAULT_GOAL := help

help:
	@echo 'make test      all tests that need no cluster'
	@echo 'make e2e       a real cluster, real faults, a verdict  [LABELS=smoke VERSION=5.1.0 SEED=n KEEP=1 IMAGES=auto|registry|packages]'
	@echo 'make control   a weak configuration that must be caught losing'
	@echo 'make up, down  the cluster alone'
	@echo 'make doctor    is this machine fit?'
	@echo 'make bench     the figures of the judge'

bin/rmqproof: FORCE
	@CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o $@ ./cmd/rmqproof
FORCE:

test:
	go vet ./...
	go vet -tags e2e ./suites
	go test ./...

e2e: bin/rmqproof
	bin/rmqproof e2e --labels '$(LABELS)' --version $(VERSION) --seed $(SEED) $(keep)

control: bin/rmqproof
	bin/rmqproof e2e --control --seed $(SEED) $(keep)

up down doctor: bin/rmqproof
	bin/rmqproof $@
