#!/usr/bin/env bash
# Address: bbbc.broadinstitute.org/BBBC038, which publishes no checksum.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="Data Science Bowl 2018 (BBBC038): 670 microscopy images with a mask for each nucleus, training stage 1"
licence="CC0 1.0"
citation="Caicedo et al., Nucleus segmentation across imaging experiments, Nature Methods 16:1247 (2019); BBBC038v1, Broad Bioimage Benchmark Collection"
homepage="https://bbbc.broadinstitute.org/BBBC038"
verified="none are published: SHA-256 of a first download is recorded, later ones are verified against it"
sets=(stage1_train)

plan() { item https://data.broadinstitute.org/bbbc/BBBC038/stage1_train.zip stage1_train.zip none 0; }

finish() { # CASE/images/CASE.png and CASE/masks/*.png become images/CASE.png and masks/CASE.png
  mkdir "$2.cases"
  unpack stage1_train.zip "$2.cases"
  java_tool NucleusMasks "$2.cases" "$2"
  rm -rf "$2.cases"
}

configuration() { echo dsb2018.yaml; }

fetch_main "$@"
