import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.eclipse.jgit.internal.storage.io.BlockSource;
import org.eclipse.jgit.internal.storage.reftable.LogCursor;
import org.eclipse.jgit.internal.storage.reftable.RefCursor;
import org.eclipse.jgit.internal.storage.reftable.ReftableReader;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.ReflogEntry;

/** Prints one line for each record that JGit reads in a table: refs, then logs, in the form of check.py's lines. */
public class AskJGit {
	static String hex(String text) {
		return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
	}

	static String id(ObjectId id) {
		return id == null ? "" : id.name();
	}

	static String kind(Ref ref) {
		if (ref.isSymbolic())
			return "symbolic";
		if (ref.getObjectId() == null)
			return "deletion";
		return ref.getPeeledObjectId() == null ? "direct" : "peeled";
	}

	public static void main(String[] args) throws Exception {
		byte[] table = Files.readAllBytes(Path.of(args[0]));
		try (ReftableReader reader = new ReftableReader(BlockSource.from(table))) {
			reader.setIncludeDeletes(true);
			try (RefCursor refs = reader.allRefs()) {
				while (refs.next()) {
					Ref ref = refs.getRef();
					String target = ref.isSymbolic() ? hex(ref.getTarget().getName()) : "";
					String oid = ref.isSymbolic() ? "" : id(ref.getObjectId());
					String peeled = ref.isSymbolic() ? "" : id(ref.getPeeledObjectId());
					System.out.println(String.join("\t", "ref", Long.toUnsignedString(ref.getUpdateIndex()), kind(ref), hex(ref.getName()), oid, peeled, target));
				}
			}
			try (LogCursor logs = reader.allLogs()) {
				while (logs.next()) {
					ReflogEntry entry = logs.getReflogEntry();
					String index = Long.toUnsignedString(logs.getUpdateIndex());
					if (entry == null) {
						System.out.println(String.join("\t", "log", index, "deletion", hex(logs.getRefName())));
						continue;
					}
					var who = entry.getWho();
					System.out.println(String.join("\t", "log", index, "update", hex(logs.getRefName()), id(entry.getOldId()), id(entry.getNewId()),
							hex(who.getName()), hex(who.getEmailAddress()), Long.toString(Math.floorDiv(who.getWhen().getTime(), 1000L)),
							Integer.toString(who.getTimeZoneOffset()), hex(entry.getComment())));
				}
			}
		}
	}
}
