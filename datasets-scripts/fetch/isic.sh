#!/usr/bin/env bash
# Addresses: challenge.isic-archive.com/data; the archive publishes no checksums.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="ISIC challenge: dermoscopic images, training sets of 2018 (task 3, 10,015 images, 7 classes) and 2019 (25,331 images, 8 classes)"
licence="CC BY-NC 4.0"
citation="Tschandl et al., HAM10000, Scientific Data 5:180161 (2018); Codella et al., arXiv 1902.03368; 2019 also: Combalia et al., BCN20000, arXiv 1908.02288"
homepage="https://challenge.isic-archive.com/data"
verified="none are published: SHA-256 of a first download is recorded, later ones are verified against it"
sets=(2018 2019)
base=https://isic-challenge-data.s3.amazonaws.com

plan() {
  if [ "$1" = 2018 ]; then
    item "$base/2018/ISIC2018_Task3_Training_Input.zip" ISIC2018_Task3_Training_Input.zip none 0
    item "$base/2018/ISIC2018_Task3_Training_GroundTruth.zip" ISIC2018_Task3_Training_GroundTruth.zip none 0
    item "$base/2018/ISIC2018_Task3_Training_LesionGroupings.csv" ISIC2018_Task3_Training_LesionGroupings.csv none 0
  else
    item "$base/2019/ISIC_2019_Training_Input.zip" ISIC_2019_Training_Input.zip none 0
    item "$base/2019/ISIC_2019_Training_GroundTruth.csv" ISIC_2019_Training_GroundTruth.csv none 0
    item "$base/2019/ISIC_2019_Training_Metadata.csv" ISIC_2019_Training_Metadata.csv none 0
  fi
}

# Photographs of one lesion belong together; images without a lesion's number stand for themselves.
with_lesions() { # table with image and lesion_id, ground truth; writes the ground truth with a column lesion
  awk -F , '
    { sub(/\r$/, "") }
    FNR == 1 { for (i = 1; i <= NF; i++) at[FILENAME, $i] = i }
    NR == FNR { if (FNR > 1) lesion[$at[FILENAME, "image"]] = $at[FILENAME, "lesion_id"]; next }
    FNR == 1 { print $0 ",lesion"; next }
    NF { image = $at[FILENAME, "image"]; print $0 "," (lesion[image] == "" ? image : lesion[image]) }' "$1" "$2"
}

finish() {
  if [ "$1" = 2018 ]; then
    unpack ISIC2018_Task3_Training_Input.zip "$2"
    unpack ISIC2018_Task3_Training_GroundTruth.zip "$2"
    cp "$archives/ISIC2018_Task3_Training_LesionGroupings.csv" "$2/"
    with_lesions "$2/ISIC2018_Task3_Training_LesionGroupings.csv" \
      "$2/ISIC2018_Task3_Training_GroundTruth/ISIC2018_Task3_Training_GroundTruth.csv" >"$2/manifest.csv"
  else
    unpack ISIC_2019_Training_Input.zip "$2"
    cp "$archives/ISIC_2019_Training_GroundTruth.csv" "$archives/ISIC_2019_Training_Metadata.csv" "$2/"
    with_lesions "$2/ISIC_2019_Training_Metadata.csv" "$2/ISIC_2019_Training_GroundTruth.csv" >"$2/manifest.csv"
  fi
}

configuration() { echo "isic-$1.yaml"; }
further() { echo " -Ddata.manifest=$target/$1/manifest.csv"; }

fetch_main "$@"
