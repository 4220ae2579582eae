package dev.sinter.trainer.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;

/**
 * A mirror of the publishers' servers: archives with their names, folders, tables and headers, of a
 * few pixels. Published checksums are replaced in the scripts.
 */
final class PublicMirror {
  private static final List<String> FINDINGS =
      List.of("No Finding", "Effusion|Mass", "Pleural_Thickening", "No Finding");

  private final PublicArchives archives = new PublicArchives();
  private final Path made;
  private final Path mirror;
  private final FetchScript scripts;

  PublicMirror(Path folder, FetchScript scripts) {
    this.made = folder.resolve("made");
    this.mirror = folder.resolve("mirror");
    this.scripts = scripts;
  }

  Path folder() {
    return mirror;
  }

  void medMnist(String set, int perSplit, boolean volumes) throws IOException {
    Path file = mirror.resolve("zenodo.org/records/10519652/files/" + set + ".npz");
    if (volumes) {
      archives.medMnist(file, 2, perSplit, "28, 28, 28", 28 * 28 * 28);
    } else {
      archives.medMnist(file, 2, perSplit, "28, 28", 28 * 28);
    }
    PublicArchives.zenodo(mirror, "10519652", set + ".npz");
  }

  /** Seven cases with masks and one without. */
  void decathlon(String task, String published, List<String> modalities, String label)
      throws Exception {
    Path root = made.resolve(task + ".all").resolve(task);
    String stem = task.substring(7).toLowerCase(Locale.ROOT);
    int channels = modalities.size();
    int voxels = 24 * 20 * 16;
    for (int i = 1; i <= 8; i++) {
      String name = stem + "_" + i + ".nii.gz";
      Path image = root.resolve(i == 8 ? "imagesTs" : "imagesTr").resolve(name);
      int[] extents = channels == 1 ? new int[] {24, 20, 16} : new int[] {24, 20, 16, channels};
      PublicArchives.nifti(image, archives.noise(voxels * channels), extents);
      if (i < 8) {
        byte[] mask = PublicArchives.bands(voxels, 0, 1);
        PublicArchives.nifti(root.resolve("labelsTr").resolve(name), mask, 24, 20, 16);
        PublicArchives.text(root.resolve("imagesTr/._" + name), "left by macOS");
      }
    }
    StringBuilder channelNames = new StringBuilder();
    for (int i = 0; i < channels; i++) {
      channelNames.append(i == 0 ? "" : ", ").append('"').append(i).append("\": \"");
      channelNames.append(modalities.get(i)).append('"');
    }
    PublicArchives.text(
        root.resolve("dataset.json"),
        """
        {"name": "%s", "licence": "CC-BY-SA 4.0", "tensorImageSize": "3D",
         "modality": {%s}, "labels": {"0": "background", "1": "%s"},
         "numTraining": 7, "numTest": 1,
         "training": [{"image": "./imagesTr/%s_1.nii.gz", "label": "./labelsTr/%s_1.nii.gz"}],
         "test": ["./imagesTs/%s_8.nii.gz"]}
        """
            .formatted(task, channelNames, label, stem, stem, stem));
    Path archive = mirror.resolve("msd-for-monai.s3-us-west-2.amazonaws.com/" + task + ".tar");
    PublicArchives.tar(root.getParent(), archive);
    scripts.replace("msd.sh", published, PublicArchives.md5(archive));
  }

  void medNist(List<String> classes, int perClass) throws Exception {
    Path root = made.resolve("mednist");
    for (String name : classes) {
      for (int i = 0; i < perClass; i++) {
        Path file = root.resolve("MedNIST/%s/%06d.jpeg".formatted(name, i));
        archives.image(file, 64, 64, BufferedImage.TYPE_BYTE_GRAY);
      }
    }
    PublicArchives.text(root.resolve("MedNIST/README.md"), "MedNIST");
    Path archive =
        mirror.resolve(
            "github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/MedNIST.tar.gz");
    PublicArchives.tar(root, archive);
    scripts.replace("mednist.sh", "0bc7306e7427e00ad1c5526a6677552d", PublicArchives.md5(archive));
  }

  void isbi2012(int slices) throws IOException {
    Path root = made.resolve("isbi/ISBI-2012-challenge");
    TiffStacks.write(root.resolve("train-volume.tif"), slices, 32, false);
    TiffStacks.write(root.resolve("train-labels.tif"), slices, 32, true);
    TiffStacks.write(root.resolve("test-volume.tif"), 2, 32, false);
    PublicArchives.zip(
        root.getParent(), mirror.resolve("downloads.imagej.net/ISBI-2012-challenge.zip"));
  }

  /** Images of two sizes with two nuclei each, of 9 x 9 and 12 x 12 pixels. */
  void nuclei(int images) throws IOException {
    Path root = made.resolve("dsb");
    for (int i = 0; i < images; i++) {
      String name = "00ae65c1c6631ae6f2be1a449902976e6eb8483bf6b0740d00530220832c6d3" + i;
      int side = i % 2 == 0 ? 40 : 52;
      Path nucleus = root.resolve(name);
      archives.image(
          nucleus.resolve("images/" + name + ".png"), side, side, BufferedImage.TYPE_4BYTE_ABGR);
      archives.mask(nucleus.resolve("masks/0adbf56a" + i + ".png"), side, 2, 3, 9);
      archives.mask(nucleus.resolve("masks/1b5bc6d1" + i + ".png"), side, 20, 20, 12);
    }
    PublicArchives.zip(
        root, mirror.resolve("data.broadinstitute.org/bbbc/BBBC038/stage1_train.zip"));
  }

  /** Four lesions of each class, the first of which was photographed twice. */
  void isic2018(List<String> classes) throws IOException {
    Path server = mirror.resolve("isic-challenge-data.s3.amazonaws.com/2018");
    Path images = made.resolve("isic2018/ISIC2018_Task3_Training_Input");
    StringBuilder truth = new StringBuilder("image," + String.join(",", classes) + "\n");
    StringBuilder lesions = new StringBuilder("image,lesion_id,diagnosis_confirm_type\r\n");
    int number = 24306;
    for (int label = 0; label < classes.size(); label++) {
      for (int i = 0; i < 5; i++) {
        String name = "ISIC_%07d".formatted(number++);
        archives.image(images.resolve(name + ".jpg"), 60, 45, BufferedImage.TYPE_3BYTE_BGR);
        truth.append(name).append(oneHot(label, classes.size())).append('\n');
        lesions.append(name).append(",HAM_%07d,histopathology\r\n".formatted(label * 10 + i / 2));
      }
    }
    PublicArchives.text(images.resolve("ATTRIBUTION.txt"), "HAM10000");
    PublicArchives.zip(images.getParent(), server.resolve("ISIC2018_Task3_Training_Input.zip"));
    Path table = made.resolve("isic2018t/ISIC2018_Task3_Training_GroundTruth");
    PublicArchives.text(table.resolve("ISIC2018_Task3_Training_GroundTruth.csv"), truth.toString());
    PublicArchives.zip(
        table.getParent(), server.resolve("ISIC2018_Task3_Training_GroundTruth.zip"));
    PublicArchives.text(
        server.resolve("ISIC2018_Task3_Training_LesionGroupings.csv"), lesions.toString());
  }

  private static String oneHot(int label, int classes) {
    StringBuilder row = new StringBuilder();
    for (int i = 0; i < classes; i++) {
      row.append(i == label ? ",1.0" : ",0.0");
    }
    return row.toString();
  }

  /** Pairs of one lesion, and three images of each class without a lesion's number. */
  void isic2019(List<String> classes) throws IOException {
    Path server = mirror.resolve("isic-challenge-data.s3.amazonaws.com/2019");
    Path images = made.resolve("isic2019/ISIC_2019_Training_Input");
    StringBuilder truth = new StringBuilder("image," + String.join(",", classes) + ",UNK\n");
    StringBuilder lesions =
        new StringBuilder("image,age_approx,anatom_site_general,lesion_id,sex\n");
    int number = 0;
    for (int label = 0; label < classes.size(); label++) {
      for (int i = 0; i < 5; i++) {
        String name = "ISIC_%07d".formatted(number++) + (i == 4 ? "_downsampled" : "");
        archives.image(images.resolve(name + ".jpg"), 40, 40, BufferedImage.TYPE_3BYTE_BGR);
        truth.append(name).append(oneHot(label, classes.size())).append(",0.0\n");
        String lesion = i < 2 ? "BCN_%07d".formatted(label) : "";
        lesions.append(name).append(",55.0,anterior torso,").append(lesion).append(",female\n");
      }
    }
    PublicArchives.zip(images.getParent(), server.resolve("ISIC_2019_Training_Input.zip"));
    PublicArchives.text(server.resolve("ISIC_2019_Training_GroundTruth.csv"), truth.toString());
    PublicArchives.text(server.resolve("ISIC_2019_Training_Metadata.csv"), lesions.toString());
  }

  /**
   * Two images of every patient, one patient in each of the 12 archives; the last three are test.
   */
  Path nih() throws Exception {
    String script = Files.readString(scripts.file("nih-chestxray14.sh"));
    StringBuilder table =
        new StringBuilder(
            "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,"
                + "View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n");
    StringBuilder train = new StringBuilder();
    StringBuilder test = new StringBuilder();
    for (int i = 1; i <= 12; i++) {
      Path images = made.resolve("nih/%03d/images".formatted(i));
      for (int j = 0; j < 2; j++) {
        String name = "%08d_%03d.png".formatted(i, j);
        archives.image(images.resolve(name), 64, 64, BufferedImage.TYPE_BYTE_GRAY);
        table.append(name).append(',').append(FINDINGS.get((i + j) % 4));
        table.append(",%d,%d,58,M,PA,2682,2749,0.143,0.143\n".formatted(j, i));
        (i > 9 ? test : train).append(name).append('\n');
      }
      String start = "  box %03d ".formatted(i);
      String line = script.lines().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
      String[] words = line.strip().split(" ", -1);
      Path archive = mirror.resolve("nihcc.box.com/shared/static/" + words[2] + ".gz");
      PublicArchives.tar(images.getParent(), archive);
      scripts.replace(
          "nih-chestxray14.sh",
          words[3] + " " + words[4],
          PublicArchives.md5(archive) + " " + Files.size(archive));
    }
    Path labels = made.resolve("nih/labels");
    PublicArchives.text(labels.resolve("Data_Entry_2017_v2020.csv"), table.toString());
    PublicArchives.text(labels.resolve("train_val_list.txt"), train.toString());
    PublicArchives.text(labels.resolve("test_list.txt"), test.toString());
    return labels;
  }

  void kits(String masks, int cases, int... labels) throws IOException {
    int voxels = 20 * 24 * 28;
    for (int i = 0; i < cases; i++) {
      Path volume =
          mirror.resolve("kits19.sfo2.digitaloceanspaces.com/master_%05d.nii.gz".formatted(i));
      if (!Files.exists(volume)) { // both years share them
        PublicArchives.nifti(volume, archives.noise(voxels), 20, 24, 28);
      }
      PublicArchives.nifti(
          mirror.resolve(
              "raw.githubusercontent.com/neheller/%s/case_%05d/segmentation.nii.gz"
                  .formatted(masks, i)),
          PublicArchives.bands(voxels, labels),
          20,
          24,
          28);
    }
  }

  /** Series as MetaImage: plain volumes, deflated masks; a mask of another subset's series too. */
  void luna16(int series) throws IOException {
    Path scans = made.resolve("luna/subset0");
    Path lungs = made.resolve("lungs/seg-lungs-LUNA16");
    int voxels = 20 * 24 * 16;
    for (int i = 0; i <= series; i++) {
      String name = "1.3.6.1.4.1.14519.5.2.1.6279.6001.10" + i;
      if (i < series) {
        metaImage(scans.resolve(name), "MET_SHORT", "raw", archives.noise(voxels));
      }
      metaImage(lungs.resolve(name), "MET_UCHAR", "zraw", PublicArchives.bands(voxels, 0, 3, 4, 5));
    }
    Path first = mirror.resolve("zenodo.org/records/3723295/files");
    PublicArchives.zip(scans.getParent(), first.resolve("subset0.zip"));
    PublicArchives.zip(lungs.getParent(), first.resolve("seg-lungs-LUNA16.zip"));
    PublicArchives.zenodo(mirror, "3723295", "subset0.zip");
    PublicArchives.zenodo(mirror, "3723295", "seg-lungs-LUNA16.zip");
  }

  private static void metaImage(Path stem, String type, String extension, byte[] values)
      throws IOException {
    PublicArchives.text(
        Path.of(stem + ".mhd"),
        """
        ObjectType = Image
        NDims = 3
        BinaryData = True
        BinaryDataByteOrderMSB = False
        CompressedData = %s
        TransformMatrix = 1 0 0 0 1 0 0 0 1
        Offset = -198.100006 -195 -335.209991
        CenterOfRotation = 0 0 0
        AnatomicalOrientation = RAI
        ElementSpacing = 3 3.5 2.5
        DimSize = 20 24 16
        ElementType = %s
        ElementDataFile = %s.%s
        """
            .formatted(
                extension.equals("zraw") ? "True" : "False", type, stem.getFileName(), extension));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (extension.equals("zraw")) {
      try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
        deflater.write(values);
      }
    } else {
      bytes.write(values);
    }
    Files.write(Path.of(stem + "." + extension), bytes.toByteArray());
  }
}
