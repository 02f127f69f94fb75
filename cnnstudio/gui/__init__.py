"""What one sees: all Qt, and nothing else in the program imports it.

Panels show an experiment and emit `edited`; the document alone changes it; the application root
(`cnnstudio.app`) builds and connects. Nothing here may import Keras or TensorFlow, even indirectly.
"""
