package org.fluidosgi.shell.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JSON: maps and records as objects, collections and arrays as arrays, numbers and booleans as they are, everything else as
 * the text that it gives, so an instant in ISO 8601.
 * Shape: characters beyond ASCII are escaped, so that names of other nodes do not steer a terminal. Threads: any. */
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private Json() {}

  /** On several lines, for people too; a console breaks very long lines. */
  public static String document(Map<String, ?> value) {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(lines);
    printer.indentObjectsWith(lines);
    return text(value, printer);
  }

  /** On one line. */
  public static String line(Map<String, ?> value) {
    return text(value, null);
  }

  private static String text(Map<String, ?> value, @Nullable DefaultPrettyPrinter printer) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      if (printer != null) {
        out.setPrettyPrinter(printer);
      }
      write(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string takes everything
    }
    return text.toString();
  }

  private static void write(@Nullable Object value, JsonGenerator out) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> each : map.entrySet()) {
        out.writeFieldName(String.valueOf(each.getKey()));
        write(each.getValue(), out);
      }
      out.writeEndObject();
    } else if (value instanceof Record row) {
      writeRecord(row, out);
    } else if (value instanceof Collection<?> all) {
      out.writeStartArray();
      for (Object each : all) {
        write(each, out);
      }
      out.writeEndArray();
    } else if (value.getClass().isArray()) {
      out.writeStartArray();
      for (int i = 0; i < Array.getLength(value); i++) {
        write(Array.get(value, i), out);
      }
      out.writeEndArray();
    } else {
      writePlain(value, out);
    }
  }

  private static void writeRecord(Record row, JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (RecordComponent component : row.getClass().getRecordComponents()) {
      out.writeFieldName(component.getName());
      try {
        write(component.getAccessor().invoke(row), out);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("row " + row.getClass().getName() + " is not public", e);
      }
    }
    out.writeEndObject();
  }

  private static void writePlain(Object value, JsonGenerator out) throws IOException {
    if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof Double || value instanceof Float) {
      out.writeNumber(((Number) value).doubleValue());
    } else if (value instanceof Byte
        || value instanceof Short
        || value instanceof Integer
        || value instanceof Long) {
      out.writeNumber(((Number) value).longValue());
    } else if (value instanceof Number) {
      out.writeNumber(new BigDecimal(value.toString()));
    } else {
      out.writeString(String.valueOf(value));
    }
  }
}
