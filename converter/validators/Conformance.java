package casefhir;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.ValueSet;

/**
 * Validates many resources with HL7's Java validator in one run of the JVM.
 *
 * <p>Argument: a file that lists files of definitions (StructureDefinition, ValueSet, CodeSystem), one a line. Standard input: the files
 * to validate, one a line. Standard output: one JSON line an issue, and one with severity "checked" a file,
 * so that a file nobody looked at cannot pass for a good one.
 */
public final class Conformance {

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private Conformance() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<Path> definitions = Files.readAllLines(Path.of(arguments[0])).stream().map(Path::of).toList();
    List<Path> files =
        new String(System.in.readAllBytes(), StandardCharsets.UTF_8).lines().map(Path::of).toList();
    FhirContext context = FhirContext.forR4();
    FhirValidator validator = context.newValidator();
    validator.registerValidatorModule(instanceValidator(context, definitions));
    for (Path file : files) {
      validate(validator, file, output);
    }
  }

  private static FhirInstanceValidator instanceValidator(FhirContext context, List<Path> definitions)
      throws IOException {
    ValidationSupportChain chain =
        new ValidationSupportChain(
            new DefaultProfileValidationSupport(context),
            prePopulated(context, definitions),
            new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context),
            new SnapshotGeneratingValidationSupport(context),
            unknownCodeSystems(context));
    FhirInstanceValidator validator = new FhirInstanceValidator(chain);
    validator.setNoTerminologyChecks(false);
    validator.setErrorForUnknownProfiles(true);
    validator.setAnyExtensionsAllowed(false);
    validator.setAssumeValidRestReferences(false);
    return validator;
  }

  private static PrePopulatedValidationSupport prePopulated(FhirContext context, List<Path> definitions)
      throws IOException {
    PrePopulatedValidationSupport support = new PrePopulatedValidationSupport(context);
    for (Path path : definitions) {
      IBaseResource resource = context.newJsonParser().parseResource(Files.readString(path));
      if (resource instanceof StructureDefinition) {
        support.addStructureDefinition(resource);
      } else if (resource instanceof ValueSet) {
        support.addValueSet(resource);
      } else if (resource instanceof CodeSystem) {
        support.addCodeSystem(resource);
      }
    }
    return support;
  }

  /** SNOMED CT, LOINC and our own tags are not at hand: their codes are warnings, not errors. */
  private static IValidationSupport unknownCodeSystems(FhirContext context) {
    UnknownCodeSystemWarningValidationSupport support =
        new UnknownCodeSystemWarningValidationSupport(context);
    support.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
    return support;
  }

  private static void validate(FhirValidator validator, Path file, PrintStream output) throws IOException {
    List<SingleValidationMessage> messages = List.of();
    try {
      messages = validator.validateWithResult(Files.readString(file)).getMessages();
    } catch (RuntimeException giveUp) { // a defect of the validator, which must not pass for a good file
      print(output, file, "fatal", "", "gave-up", "the validator gave up: " + giveUp.getClass().getName());
    }
    for (SingleValidationMessage issue : messages) {
      print(
          output,
          file,
          issue.getSeverity().getCode(),
          String.valueOf(issue.getLocationString()),
          String.valueOf(issue.getMessageId()),
          issue.getMessage());
    }
    print(output, file, "checked", "", "", "");
  }

  private static void print(
      PrintStream output, Path file, String severity, String location, String id, String message) {
    Map<String, String> line = new LinkedHashMap<>();
    line.put("file", file.toString());
    line.put("severity", severity);
    line.put("location", location);
    line.put("id", id);
    line.put("message", message);
    output.println(GSON.toJson(line));
  }
}
