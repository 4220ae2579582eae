/** ONNX files: their protocol buffers, networks written as graphs, and graphs read as networks. */
package dev.sinter.model.pretrained.onnx;
