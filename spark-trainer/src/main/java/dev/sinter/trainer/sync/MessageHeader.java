package dev.sinter.trainer.sync;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What precedes the bytes of every message between executors.
 *
 * @param kind what it is
 * @param session run and attempt of the sender
 * @param to receiving worker
 * @param key its name
 * @param bytes length of the payload
 * @param at where the payload lies in the sender's shared memory; 0 for other kinds
 */
record MessageHeader(Kind kind, Session session, int to, MessageKey key, int bytes, int at) {

  /** Kinds of messages. */
  enum Kind {
    /** Names the worker at the other end of a connection. */
    HELLO,
    /** Names the memory that the sender shares with its host; the tag is the name. */
    MEMORY,
    /** Payload follows. */
    DATA,
    /** Payload lies in the sender's shared memory until this is answered. */
    SHARED,
    /** The sender leaves. */
    LEAVE
  }

  ByteBuffer encode() {
    byte[] name = bytes(kind.name());
    byte[] run = bytes(session.runId());
    byte[] tag = bytes(key.tag());
    ByteBuffer buffer = ByteBuffer.allocate(40 + name.length + run.length + tag.length);
    buffer.putInt(session.stageAttempt()).putInt(to).putInt(key.from()).putLong(key.step());
    buffer.putInt(bytes).putInt(at).putInt(name.length).put(name);
    return buffer.putInt(run.length).put(run).putInt(tag.length).put(tag).flip();
  }

  static MessageHeader decode(ByteBuffer buffer) {
    int stageAttempt = buffer.getInt();
    int to = buffer.getInt();
    int from = buffer.getInt();
    long step = buffer.getLong();
    int bytes = buffer.getInt();
    int at = buffer.getInt();
    Kind kind = Kind.valueOf(text(buffer));
    Session session = new Session(text(buffer), stageAttempt);
    MessageKey key = new MessageKey(from, step, text(buffer));
    return new MessageHeader(kind, session, to, key, bytes, at);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.getInt()];
    buffer.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
