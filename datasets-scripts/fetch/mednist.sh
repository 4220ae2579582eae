#!/usr/bin/env bash
# Address and MD5: the MONAI tutorials and class MedNISTDataset in monai/apps/datasets.py of github.com/Project-MONAI/MONAI.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="MedNIST: 58,954 radiology images of 64 x 64 pixels in six classes"
licence="CC BY-SA 4.0 (B. J. Erickson, Mayo Clinic)"
citation="MedNIST, gathered by B. J. Erickson from TCIA, the RSNA Bone Age Challenge and the NIH Chest X-ray set"
homepage="https://github.com/Project-MONAI/MONAI-extra-test-data/releases/tag/0.8.1"
verified="MD5 as MONAI states it"
sets=(MedNIST)

plan() {
  item https://github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/MedNIST.tar.gz \
    MedNIST.tar.gz md5:0bc7306e7427e00ad1c5526a6677552d 0
}

finish() {
  unpack MedNIST.tar.gz "$2"
  mv "$2/MedNIST" "$2.whole" && rmdir "$2" && mv "$2.whole" "$2"
}

configuration() { echo mednist.yaml; }

fetch_main "$@"
