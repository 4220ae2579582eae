#!/usr/bin/env bash
# Address: the challenge's page at imagej.net/events/isbi-2012-segmentation-challenge, which publishes no checksum.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="ISBI 2012: 30 electron micrographs of 512 x 512 pixels with membranes, one specimen"
licence="no licence text is published; the challenge asks for the citation, take it as research only"
citation="Arganda-Carreras et al., Frontiers in Neuroanatomy 9:142 (2015); Cardona et al., PLoS Biology 8:e1000502 (2010)"
homepage="https://imagej.net/events/isbi-2012-segmentation-challenge"
verified="none are published: SHA-256 of a first download is recorded, later ones are verified against it"
sets=(train)

plan() { item https://downloads.imagej.net/ISBI-2012-challenge.zip ISBI-2012-challenge.zip none 0; }

finish() { # pages of train-volume.tif and train-labels.tif become images/00.png ... and labels/00.png ...
  local volume labels
  mkdir "$2.challenge"
  unpack ISBI-2012-challenge.zip "$2.challenge"
  volume=$(find "$2.challenge" -name train-volume.tif -not -path '*/__MACOSX/*' | head -n 1)
  labels=$(find "$2.challenge" -name train-labels.tif -not -path '*/__MACOSX/*' | head -n 1)
  [ -n "$volume" ] && [ -n "$labels" ] ||
    fail LAYOUT_CHANGED "the archive holds no train-volume.tif and train-labels.tif" "look at $homepage" 3
  java_tool StackPages "$volume" "$2/images"
  java_tool StackPages "$labels" "$2/labels"
  rm -rf "$2.challenge"
}

configuration() { echo isbi2012.yaml; }

fetch_main "$@"
