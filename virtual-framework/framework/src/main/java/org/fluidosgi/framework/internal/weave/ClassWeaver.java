package org.fluidosgi.framework.internal.weave;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Makes one class meet its virtual context: every {@code BundleContext} that comes in is wrapped.
 * Shape: at the head of each method with code, each parameter of that type, in constructors too (storing to a local before
 * {@code super()} is legal); behind each call result, field read and cast of that type; {@code FrameworkUtil.getBundle} is called, and
 * referred to, at the entry point instead; a {@code Bundle} that a method of the framework's API gives goes through it too, for hooks,
 * class loaders and wirings are the host's. Only insertions that leave stack and locals typed as before: no stack map frame changes, so only
 * maxima are computed. No method is added: an override of a final inherited {@code start} would break the class.
 * Threads: any; without state. Errors: what ASM throws for a class it cannot read. Source: architecture section 3. */
final class ClassWeaver {
  private static final String CONTEXT = "org/osgi/framework/BundleContext";
  private static final Type CONTEXT_TYPE = Type.getObjectType(CONTEXT);
  private static final String CONTEXT_DESCRIPTOR = CONTEXT_TYPE.getDescriptor();
  private static final String UTIL = "org/osgi/framework/FrameworkUtil";
  private static final String WRAP_DESCRIPTOR = "(" + CONTEXT_DESCRIPTOR + ")" + CONTEXT_DESCRIPTOR;
  private static final String API = "org/osgi/framework/";
  private static final String BUNDLE = "org/osgi/framework/Bundle";
  private static final Type BUNDLE_TYPE = Type.getObjectType(BUNDLE);
  private static final String SEEN_DESCRIPTOR =
      "(" + BUNDLE_TYPE.getDescriptor() + ")" + BUNDLE_TYPE.getDescriptor();

  /** Of all names that begin with it, that of the context too. */
  private static final byte[] BUNDLE_BYTES = BUNDLE.getBytes(StandardCharsets.US_ASCII);

  private static final byte[] UTIL_BYTES = UTIL.getBytes(StandardCharsets.US_ASCII);

  private final String entry;

  /** A weaver that calls that class, given by its internal name. */
  ClassWeaver(String entry) {
    this.entry = entry;
  }

  /** Whether the class mentions anything to weave: a look at the bytes, for most classes the only cost. */
  static boolean concerns(byte[] classFile) {
    return contains(classFile, BUNDLE_BYTES) || contains(classFile, UTIL_BYTES);
  }

  private static boolean contains(byte[] classFile, byte[] name) {
    int last = classFile.length - name.length;
    for (int at = 0; at <= last; at++) {
      int same = 0;
      while (same < name.length && classFile[at + same] == name[same]) {
        same++;
      }
      if (same == name.length) {
        return true;
      }
    }
    return false;
  }

  /** The woven class, or null when there is nothing to weave in it. */
  byte @Nullable [] weave(byte[] classFile) {
    if (!concerns(classFile)) {
      return null;
    }
    ClassReader reader = new ClassReader(classFile);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    WovenClassVisitor visitor = new WovenClassVisitor(writer);
    reader.accept(visitor, 0);
    return visitor.changed ? writer.toByteArray() : null;
  }

  private final class WovenClassVisitor extends ClassVisitor {
    private boolean changed;

    WovenClassVisitor(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
      return new WovenMethod(next, (access & Opcodes.ACC_STATIC) != 0, descriptor);
    }

    private final class WovenMethod extends MethodVisitor {
      private final boolean isStatic;
      private final String descriptor;

      WovenMethod(MethodVisitor next, boolean isStatic, String descriptor) {
        super(Opcodes.ASM9, next);
        this.isStatic = isStatic;
        this.descriptor = descriptor;
      }

      @Override
      public void visitCode() {
        super.visitCode();
        int slot = isStatic ? 0 : 1;
        for (Type argument : Type.getArgumentTypes(descriptor)) {
          if (argument.equals(CONTEXT_TYPE)) {
            super.visitVarInsn(Opcodes.ALOAD, slot);
            wrap();
            super.visitVarInsn(Opcodes.ASTORE, slot);
          }
          slot += argument.getSize();
        }
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String name, String called, boolean isInterface) {
        boolean redirect = opcode == Opcodes.INVOKESTATIC && isGetBundle(owner, name, called);
        changed |= redirect;
        super.visitMethodInsn(
            opcode,
            redirect ? entry : owner,
            redirect ? "bundleOf" : name,
            called,
            isInterface && !redirect);
        Type result = Type.getReturnType(called);
        if (!owner.equals(entry) && result.equals(CONTEXT_TYPE)) {
          wrap();
        } else if (!redirect && owner.startsWith(API) && result.equals(BUNDLE_TYPE)) {
          changed = true;
          super.visitMethodInsn(Opcodes.INVOKESTATIC, entry, "seen", SEEN_DESCRIPTOR, false);
        }
      }

      @Override
      public void visitFieldInsn(int opcode, String owner, String name, String type) {
        super.visitFieldInsn(opcode, owner, name, type);
        boolean read = opcode == Opcodes.GETFIELD || opcode == Opcodes.GETSTATIC;
        if (read && type.equals(CONTEXT_DESCRIPTOR)) {
          wrap(); // an extender may have injected it by reflection
        }
      }

      @Override
      public void visitTypeInsn(int opcode, String type) {
        super.visitTypeInsn(opcode, type);
        if (opcode == Opcodes.CHECKCAST && type.equals(CONTEXT)) {
          wrap(); // a result of a generic method or of a method reference
        }
      }

      @Override
      public void visitInvokeDynamicInsn(
          String name, String type, Handle bootstrap, Object... arguments) {
        Object[] seen = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
          seen[i] = arguments[i] instanceof Handle handle ? redirected(handle) : arguments[i];
        }
        super.visitInvokeDynamicInsn(name, type, bootstrap, seen);
      }

      private Handle redirected(Handle handle) {
        if (handle.getTag() != Opcodes.H_INVOKESTATIC
            || !isGetBundle(handle.getOwner(), handle.getName(), handle.getDesc())) {
          return handle;
        }
        changed = true;
        return new Handle(Opcodes.H_INVOKESTATIC, entry, "bundleOf", handle.getDesc(), false);
      }

      private void wrap() {
        changed = true;
        super.visitMethodInsn(Opcodes.INVOKESTATIC, entry, "wrap", WRAP_DESCRIPTOR, false);
      }
    }
  }

  private static boolean isGetBundle(String owner, String name, String descriptor) {
    return owner.equals(UTIL)
        && name.equals("getBundle")
        && (descriptor.equals("(Ljava/lang/Class;)Lorg/osgi/framework/Bundle;")
            || descriptor.equals("(Ljava/lang/ClassLoader;)Ljava/util/Optional;"));
  }
}
