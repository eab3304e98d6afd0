# custody_write_import_table(<file> <folder>): writes the import table of Node-API, for the names in the .def files of <folder>.
#
# The compiler reaches an imported function through the variable __imp_<name>. A linker makes these variables from an import
# library, which names the program they come from; here they are filled from the program that runs.
function(custody_write_import_table file folder)
  set(names "")
  foreach(list js_native_api.def node_api.def)
    file(STRINGS ${folder}/${list} lines REGEX "^(napi|node_api)_[a-z0-9_]+$")
    list(APPEND names ${lines})
  endforeach()
  list(REMOVE_DUPLICATES names)
  set(variables "")
  set(entries "")
  foreach(name ${names})
    string(APPEND variables "void* __imp_${name} = nullptr;\n")
    string(APPEND entries "    {\"${name}\", &__imp_${name}},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} CONTENT [==[
// Written by native/binding/node_api_imports.cmake.
#include <windows.h>

extern "C" {
@variables@}

namespace {

struct Import {
  const char* name;
  void** variable;
};

const Import kImports[] = {
@entries@};

// Before anything of the library runs. A name that the program does not have stays null; Node-API 8 has all that are used.
[[gnu::constructor]] void FindImports() {
  const HMODULE program = ::GetModuleHandleW(nullptr);
  for (const Import& import : kImports) {
    *import.variable = reinterpret_cast<void*>(::GetProcAddress(program, import.name));
  }
}

}  // namespace
]==] @ONLY)
endfunction()
