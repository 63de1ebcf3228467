# How each dependency is found. Versions, licences and reasons: third_party/README.md.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(glfw3 3.3 REQUIRED)
find_package(OpenGL REQUIRED COMPONENTS EGL)
pkg_check_modules(SNDFILE REQUIRED IMPORTED_TARGET sndfile)
pkg_check_modules(FREETYPE REQUIRED IMPORTED_TARGET freetype2)
pkg_check_modules(HARFBUZZ REQUIRED IMPORTED_TARGET harfbuzz)
pkg_check_modules(FONTCONFIG REQUIRED IMPORTED_TARGET fontconfig)
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo cairo-ft cairo-pdf)
pkg_check_modules(LIBAV REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil)

# libav is compiled against everywhere; on Linux the program loads it when the first movie is made.
add_library(headscope_libav INTERFACE)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_include_directories(headscope_libav SYSTEM INTERFACE ${LIBAV_INCLUDE_DIRS})
  target_link_libraries(headscope_libav INTERFACE ${CMAKE_DL_LIBS})
else()
  target_link_libraries(headscope_libav INTERFACE PkgConfig::LIBAV)
endif()

# oneDNN: target headscope_onednn is empty when it is switched off; the code asks HEADSCOPE_HAS_ONEDNN.
add_library(headscope_onednn INTERFACE)
if(HEADSCOPE_ONEDNN)
  # By file, not by its CMake package: Debian's asks for OpenCL, which nothing here uses.
  find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
  find_library(DNNL_LIBRARY dnnl REQUIRED)
  target_include_directories(headscope_onednn SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
  target_link_libraries(headscope_onednn INTERFACE ${DNNL_LIBRARY})
  target_compile_definitions(headscope_onednn INTERFACE HEADSCOPE_HAS_ONEDNN=1)
endif()

# Dear ImGui: Debian ships a static library without a CMake file, vcpkg a config package.
find_package(imgui CONFIG QUIET)
if(imgui_FOUND)
  add_library(imgui ALIAS imgui::imgui)
else()
  find_path(IMGUI_INCLUDE_DIR imgui.h PATH_SUFFIXES imgui REQUIRED)
  find_library(IMGUI_LIBRARY imgui REQUIRED)
  find_library(STB_LIBRARY stb)
  add_library(imgui INTERFACE)
  target_include_directories(imgui SYSTEM INTERFACE ${IMGUI_INCLUDE_DIR} ${IMGUI_INCLUDE_DIR}/backends)
  target_link_libraries(imgui INTERFACE ${IMGUI_LIBRARY} glfw PkgConfig::FREETYPE ${CMAKE_DL_LIBS})
  if(STB_LIBRARY)
    target_link_libraries(imgui INTERFACE ${STB_LIBRARY})
  endif()
endif()

# glad: generated at build time from the specification that the package carries; nothing is downloaded.
find_program(SYSTEM_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(NOT SYSTEM_PYTHON)
  find_program(SYSTEM_PYTHON NAMES python3 REQUIRED)
endif()
set(glad_dir ${PROJECT_BINARY_DIR}/glad)
add_custom_command(
  OUTPUT ${glad_dir}/src/gl.c ${glad_dir}/include/glad/gl.h
  COMMAND ${SYSTEM_PYTHON} -m glad --quiet --reproducible --api gl:core=3.3 --extensions GL_ARB_timer_query
          --out-path ${glad_dir} c
  COMMENT "Generating the OpenGL 3.3 core loader" VERBATIM)
add_library(headscope_glad STATIC ${glad_dir}/src/gl.c)
target_include_directories(headscope_glad SYSTEM PUBLIC ${glad_dir}/include)
