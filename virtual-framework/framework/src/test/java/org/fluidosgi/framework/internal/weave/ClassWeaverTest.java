package org.fluidosgi.framework.internal.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleReference;

/** What the weaver makes of classes; every woven class is loaded, and so verified, by the JVM. */
class ClassWeaverTest {
  private static final String PACKAGE = ClassWeaverTest.class.getPackageName();
  private static final String ENTRY = Entry.class.getName().replace('.', '/');

  private final ClassWeaver weaver = new ClassWeaver(ENTRY);

  /** Loads the samples woven that often, everything else from the class path. */
  private final class WovenLoader extends ClassLoader {
    private final int times;

    WovenLoader(int times) {
      super(ClassWeaverTest.class.getClassLoader());
      this.times = times;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(PACKAGE + ".Sample") || findLoadedClass(name) != null) {
        return super.loadClass(name, resolve);
      }
      byte[] bytes = bytesOf(name);
      for (int i = 0; i < times; i++) {
        byte[] woven = weaver.weave(bytes);
        bytes = woven == null ? bytes : woven;
      }
      return define(name, bytes);
    }

    Class<?> define(String name, byte[] bytes) {
      return defineClass(name, bytes, 0, bytes.length);
    }
  }

  private static byte[] bytesOf(String name) {
    try (InputStream in =
        ClassWeaverTest.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Class<?> sample(int times) throws Exception {
    return Class.forName(PACKAGE + ".Sample", true, new WovenLoader(times));
  }

  @SuppressWarnings("unchecked")
  private static List<String> seen(Object sample) throws Exception {
    return (List<String>) sample.getClass().getField("seen").get(sample);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void wrapsParametersLambdasInnerClassesAndLoopsHoweverOftenItIsWoven(int times) throws Exception {
    Object sample = sample(times).getConstructor().newInstance();
    ((BundleActivator) sample).start(Entry.context("raw"));
    ((BundleActivator) sample).stop(Entry.context("raw"));
    assertEquals(
        List.of("start wrapped raw", "lambda wrapped raw", "inner wrapped raw", "loop wrapped raw"),
        seen(sample));
  }

  @Test
  void wrapsConstructorParametersBeforeSuperAndBetweenWideOnes() throws Exception {
    Object sample = sample(1)
        .getConstructor(long.class, BundleContext.class, double.class, BundleContext.class)
        .newInstance(7L, Entry.context("a"), 0.5, Entry.context("b"));
    assertEquals(List.of("7wrapped a0.5wrapped b"), seen(sample));
    assertEquals("wrapped a", sample.getClass().getField("base").get(sample));
  }

  @Test
  void wrapsStaticDefaultAndBridgeMethods() throws Exception {
    Class<?> type = sample(1);
    BundleContext raw = Entry.context("raw");
    assertEquals(
        "1wrapped raw2",
        type.getMethod("fixed", int.class, BundleContext.class, long.class)
            .invoke(null, 1, raw, 2L));
    Object sample = type.getConstructor().newInstance();
    assertEquals(
        "default wrapped raw", type.getMethod("greet", BundleContext.class).invoke(sample, raw));
    Class<?> greeter = Class.forName(PACKAGE + ".SampleGreeter", true, type.getClassLoader());
    assertEquals(
        "static wrapped raw", greeter.getMethod("hail", BundleContext.class).invoke(null, raw));
    @SuppressWarnings("unchecked")
    Function<BundleContext, String> bridged = (Function<BundleContext, String>)
        Class.forName(PACKAGE + ".Sample$Bridged", true, type.getClassLoader())
            .getConstructor()
            .newInstance();
    assertEquals("bridge wrapped raw", bridged.apply(raw));
  }

  @Test
  void wrapsResultsCastsAndInjectedFieldsAndRedirectsFrameworkUtil() throws Exception {
    Class<?> type = sample(1);
    Object sample = type.getConstructor().newInstance();
    type.getField("injected").set(sample, Entry.context("field"));
    Supplier<BundleContext> generic = () -> Entry.context("generic");
    assertEquals(
        "wrapped raw, wrapped generic, wrapped field, virtual, virtual, virtual",
        type.getMethod("results", Supplier.class).invoke(sample, generic));
  }

  @Test
  void bundlesThatTheHostGivesAreSeenAsVirtual() throws Exception {
    Bundle raw = (Bundle) Proxy.newProxyInstance(
        Bundle.class.getClassLoader(),
        new Class<?>[] {Bundle.class},
        (proxy, method, arguments) -> "host");
    BundleReference reference = () -> raw;
    Supplier<Bundle> other = () -> raw;
    assertEquals(
        "virtual, host",
        sample(1)
            .getMethod("bundles", BundleReference.class, Supplier.class)
            .invoke(null, reference, other));
  }

  @Test
  void addsNoMethodAndNoField() {
    byte[] original = bytesOf(PACKAGE + ".Sample");
    byte[] woven = weaver.weave(original);
    assertNotNull(woven);
    assertEquals(members(original), members(woven));
  }

  private static String members(byte[] classFile) {
    StringBuilder text = new StringBuilder();
    new ClassReader(classFile)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String type, String signature, String[] exceptions) {
                text.append(access).append(name).append(type).append('\n');
                return null;
              }
            },
            ClassReader.SKIP_CODE);
    return text.toString();
  }

  @Test
  void leavesClassesWithoutContextAlone() {
    assertNull(weaver.weave(bytesOf("java.util.ArrayList")));
    assertFalse(ClassWeaver.concerns(bytesOf("java.util.ArrayList")));
    assertNull(weaver.weave(bytesOf(Mentions.class.getName())));
    assertTrue(ClassWeaver.concerns(bytesOf(Mentions.class.getName())));
  }

  /** Names the type but never meets one: abstract methods and an array have nothing to wrap. */
  interface Mentions {
    void take(BundleContext context);

    void takeAll(BundleContext[] contexts);
  }

  @ParameterizedTest
  @ValueSource(ints = {Opcodes.V1_2, Opcodes.V1_4, Opcodes.V1_5, Opcodes.V1_6, Opcodes.V1_8})
  void weavesOldClassesWithEmptyStop(int version) throws Exception {
    ClassWriter writer = new ClassWriter(0);
    String name = PACKAGE + ".SampleOld";
    writer.visit(
        version,
        Opcodes.ACC_PUBLIC,
        name.replace('.', '/'),
        null,
        "java/lang/Object",
        new String[] {"org/osgi/framework/BundleActivator"});
    MethodVisitor init = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
    init.visitCode();
    init.visitVarInsn(Opcodes.ALOAD, 0);
    init.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    init.visitInsn(Opcodes.RETURN);
    init.visitMaxs(1, 1);
    init.visitEnd();
    for (String method : List.of("start", "stop")) {
      MethodVisitor visitor = writer.visitMethod(
          Opcodes.ACC_PUBLIC, method, "(Lorg/osgi/framework/BundleContext;)V", null, null);
      visitor.visitCode();
      visitor.visitInsn(Opcodes.RETURN);
      visitor.visitMaxs(0, 2); // as javac writes it: nothing on the stack
      visitor.visitEnd();
    }
    writer.visitEnd();
    byte[] woven = weaver.weave(writer.toByteArray());
    assertNotNull(woven);
    BundleActivator activator = (BundleActivator)
        new WovenLoader(0).define(name, woven).getConstructor().newInstance();
    activator.start(Entry.context("raw"));
    activator.stop(Entry.context("raw"));
  }

  @Test
  void jumpsThatGrowTooLongAreRewritten() throws Exception {
    String name = PACKAGE + ".SampleLong";
    String internal = name.replace('.', '/');
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES | ClassWriter.COMPUTE_MAXS);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, internal, null, "java/lang/Object", null);
    MethodVisitor method = writer.visitMethod(
        Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC,
        "count",
        "(ILorg/osgi/framework/BundleContext;)I",
        null,
        null);
    method.visitCode();
    Label end = new Label();
    Label loop = new Label();
    method.visitLabel(loop);
    method.visitVarInsn(Opcodes.ILOAD, 0);
    method.visitJumpInsn(Opcodes.IFEQ, end);
    method.visitIincInsn(0, -1);
    for (int i = 0; i < 5400; i++) { // 6 bytes each: just short of what a jump can reach
      method.visitVarInsn(Opcodes.ALOAD, 1);
      method.visitTypeInsn(Opcodes.CHECKCAST, "org/osgi/framework/BundleContext");
      method.visitInsn(Opcodes.POP);
      method.visitInsn(Opcodes.NOP);
    }
    method.visitJumpInsn(Opcodes.GOTO, loop);
    method.visitLabel(end);
    method.visitIntInsn(Opcodes.BIPUSH, 42);
    method.visitInsn(Opcodes.IRETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
    writer.visitEnd();
    byte[] woven = weaver.weave(writer.toByteArray());
    Object result = new WovenLoader(0)
        .define(name, woven)
        .getMethod("count", int.class, BundleContext.class)
        .invoke(null, 2, Entry.context("raw"));
    assertEquals(42, result);
  }

  @Test
  void refusesWhatAsmCannotReadWithAnExceptionForTheHookToCatch() {
    byte[] future = bytesOf(PACKAGE + ".Sample");
    future[6] = 0;
    future[7] = (byte) 200; // class file version of a Java to come
    assertThrows(IllegalArgumentException.class, () -> weaver.weave(future));
    byte[] cut = Arrays.copyOf(bytesOf(PACKAGE + ".Sample"), 1500);
    assertThrows(RuntimeException.class, () -> weaver.weave(cut));
  }
}
