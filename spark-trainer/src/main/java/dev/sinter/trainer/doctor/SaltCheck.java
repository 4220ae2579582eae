package dev.sinter.trainer.doctor;

import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.SaltFile;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.config.Locations;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.fs.permission.FsPermission;

/** The salt of the patients' hashes, and who may read it. */
final class SaltCheck implements Check {
  private static final String SETTING = "data.salt-file";

  @Override
  public String name() {
    return "salt";
  }

  @Override
  public List<Finding> examine(Site site) {
    Optional<String> file = site.run().flatMap(run -> run.data().collection().saltFile());
    if (file.isEmpty()) {
      String variable = System.getenv(PrepareRequest.SALT_VARIABLE);
      return List.of(
          variable != null && !variable.isBlank()
              ? Finding.ok(name(), "from SINTER_SALT of this environment")
              : Finding.warning(
                  name(),
                  "none: hashes of patients hide names, but whoever knows a name can confirm it",
                  SETTING + " to a file of `openssl rand -hex 32` that you alone can read"));
    }
    String location = Locations.qualified(file.get(), site.hadoop());
    SaltFile.read(location, site.hadoop()); // refuses what is no salt
    Path path = new Path(location);
    FsPermission permission = permission(site, path);
    boolean open =
        permission.getGroupAction().implies(FsAction.READ)
            || permission.getOtherAction().implies(FsAction.READ);
    String found = path + " with permissions " + permission;
    return List.of(
        open
            ? Finding.warning(name(), found + ": others can read it", "chmod 600 " + path)
            : Finding.ok(name(), found));
  }

  private static FsPermission permission(Site site, Path path) {
    try {
      return path.getFileSystem(site.hadoop()).getFileStatus(path).getPermission();
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }
}
