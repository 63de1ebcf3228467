# Eigen's and the JSON library's headers cost seconds a file: they are compiled once. A file includes what it uses all
# the same; the preset `package` compiles without this and finds what is missing.
set(headscope_precompiled_headers <Eigen/Core> <nlohmann/json.hpp> <algorithm> <filesystem> <functional> <map> <memory>
    <optional> <span> <string> <variant> <vector>)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "// carries the precompiled headers\n")
add_library(headscope_precompiled OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
target_link_libraries(headscope_precompiled PRIVATE headscope_flags Eigen3::Eigen nlohmann_json::nlohmann_json)
target_precompile_headers(headscope_precompiled PRIVATE ${headscope_precompiled_headers})
# Modules that hold no loop worth the compiler's time: the program is as fast, and built in two thirds of the time. Only
# optimised builds compile them in another way, and need precompiled headers for it.
set(headscope_precompiled_calm headscope_precompiled)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(headscope_calm_flags -O1)
  set(headscope_precompiled_calm headscope_precompiled_calm)
  add_library(headscope_precompiled_calm OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(headscope_precompiled_calm PRIVATE headscope_flags Eigen3::Eigen nlohmann_json::nlohmann_json)
  target_compile_options(headscope_precompiled_calm PRIVATE ${headscope_calm_flags})
  target_precompile_headers(headscope_precompiled_calm PRIVATE ${headscope_precompiled_headers})
endif()

# headscope_module(NAME [DEPENDS modules...] [LIBRARIES targets...] [CALM])
# One static library headscope_NAME from src/NAME/**.cpp. DEPENDS lists the modules it may include; the test
# tests/arrows_test.py reads these lines and holds every #include in src/NAME against them.
function(headscope_module NAME)
  cmake_parse_arguments(ARG "CALM" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${NAME}/*.cpp)
  set(target headscope_${NAME})
  set(depends ${ARG_DEPENDS})
  list(TRANSFORM depends PREPEND headscope_)
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE headscope_flags)
    if(ARG_CALM)
      target_compile_options(${target} PRIVATE ${headscope_calm_flags})
      target_precompile_headers(${target} REUSE_FROM ${headscope_precompiled_calm})
    else()
      target_precompile_headers(${target} REUSE_FROM headscope_precompiled)
    endif()
    if(NAME STREQUAL "core")
      headscope_kernel_flags(core)
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} ${scope} ${depends} ${ARG_LIBRARIES})
  add_library(headscope::${NAME} ALIAS ${target})
endfunction()

# Kernels that are chosen at run time: each file has its own instruction set, and no header compiled with another one.
# Multiply-adds are written out; the compiler must not make others, or rows would round differently tile by tile.
function(headscope_kernel_flags NAME)
  set(folder ${PROJECT_SOURCE_DIR}/src/${NAME}/kernels)
  file(GLOB kernels CONFIGURE_DEPENDS ${folder}/*.cpp)
  set_source_files_properties(${kernels} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS "-ffp-contract=off")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set_source_files_properties(${folder}/kernels_avx2.cpp PROPERTIES COMPILE_OPTIONS "-ffp-contract=off;-mavx2;-mfma;-mf16c")
    set_source_files_properties(${folder}/kernels_avx512.cpp PROPERTIES
      COMPILE_OPTIONS "-ffp-contract=off;-mavx2;-mfma;-mf16c;-mavx512f;-mavx512dq;-mavx512bw;-mavx512vl")
  endif()
endfunction()

# Loops over pixels become short vector code only without the error numbers, traps and special numbers that none of
# them meets.
function(headscope_pixel_flags)
  set(flags -fno-math-errno -fno-trapping-math -ffinite-math-only -fno-signed-zeros)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND flags -mprefer-vector-width=512)
  endif()
  foreach(file ${ARGN})
    set_source_files_properties(${PROJECT_SOURCE_DIR}/src/${file} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS "${flags}")
  endforeach()
endfunction()
