#!/usr/bin/env bash
# Addresses: NIH's own batch_download_zips.py; MD5: FAQ_CHESTXRAY.pdf, question 7, both in the Box folder below.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="NIH ChestX-ray14: 112,120 frontal chest X-rays of 30,805 patients, 14 findings mined from reports"
licence="unrestricted use (NIH FAQ); link the download site, acknowledge the NIH Clinical Center, cite the paper"
citation="Wang et al., ChestX-ray8, CVPR 2017, pp. 3462-3471"
homepage="https://nihcc.app.box.com/v/ChestXray-NIHCC"
verified="MD5 as NIH states it"
sets=(ChestXray-NIHCC)
labels=''
own_options="  --labels DIR      folder with Data_Entry_2017_v2020.csv, train_val_list.txt and test_list.txt, saved from the
                    Box folder by a browser: NIH gives these files no address for scripts
"
unpacked_factor=1 # PNG hardly shrinks

take_option() {
  [ "$1" = --labels ] && [ $# -gt 1 ] || return 1
  labels=$2 taken=2
}

box() { item "https://nihcc.box.com/shared/static/$2.gz" "images_$1.tar.gz" "md5:$3" "$4"; }

plan() {
  local file
  for file in Data_Entry_2017_v2020.csv train_val_list.txt test_list.txt; do
    [ -n "$labels" ] && [ -f "$labels/$file" ] ||
      fail LABELS_MISSING "$file is not in ${labels:-the folder of --labels, which is not given}" \
        "save it from $homepage with a browser and give its folder as --labels DIR" 2
  done
  # Bytes as the server stated them on a full request; Box does not answer questions for the size.
  box 001 vfk49d74nhbxq3nqjg0900w5nvkorp5c fe8ed0a6961412fddcbb3603c11b3698 2008470987
  box 002 i28rlmbvmfjbl8p2n3ril0pptcmcu9d1 ab07a2d7cbe6f65ddd97b4ed7bde10bf 3952623504
  box 003 f1t00wrtdk94satdfb9olcolqx20z2jp 2301d03bde4c246388bad3876965d574 3929234850
  box 004 0aowwzs5lhjrceb3qp67ahp0rd1l1etg 9f1b7f5aae01b13f4bc8e2c44a4b8ef6 3838903983
  box 005 v5e3goj22zr6h8tzualxfsqlqaygfbsn 1861f3cd0ef7734df8104f2b0309023b 3935496531
  box 006 asi7ikud9jwnkrnkj99jnpfkjdes7l6l 456b53a8b351afd92a35bc41444c58c8 3986301172
  box 007 jn1b4mw4n6lnh74ovmcjb8y48h8xj07n 1075121ea20a137b87f290d6a4a5965e 4016328426
  box 008 tvpxmn7qyrgl0w8wfh9kqfjskv6nmm1j b61f34cec3aa69f295fbb593cbd9d443 4018347353
  box 009 upyy3ml7qdumlgk2rfcvlb9k6gvqq2pj 442a3caa61ae9b64e61c561294d1e183 4111327929
  box 010 l6nilvfa9cg3s28tqv1qc1olm3gnz54p 09ec81c4c31e32858ad8cf965c494b74 4181556296
  box 011 hhq8fkdgvcari67vfhs7ppg2w6ni4jze 499aefc67207a5a97692424cf5dbeed5 4187084020
  box 012 ioqwiy20ihqwyr8pf4c24eazhh281pbu dc9fda1757c2de0032b63347a7d2895c 2914187733
}

finish() {
  local archive
  for archive in "${files[@]}"; do unpack "$archive" "$2"; done # each holds images/
  bash "$here/nih-manifest.sh" "$labels" >"$2/manifest.csv"
}

configuration() { echo nih-chestxray14.yaml; }
further() { echo " -Ddata.manifest=$target/$1/manifest.csv"; }

fetch_main "$@"
